package io.greenroom.sample;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.greenroom.testkit.Chromium;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The page as a visitor sees it, in a real browser. */
@Timeout(300)
class PageInBrowserIT {

	private static final Path PICTURES = Path.of("target", "page");

	private static Application application;

	private static Chromium browser;

	private int errorsBefore;

	@BeforeAll
	static void start() throws Exception {
		Assumptions.assumeTrue(Chromium.find().isPresent(),
				"There is no browser; install Debian's package 'chromium' to run this test");
		application = Application.start();
		browser = Chromium.start();
	}

	@AfterAll
	static void stop() throws Exception {
		if (browser != null) {
			browser.close();
		}
		if (application != null) {
			application.close();
		}
	}

	private void open(String show, int width, int height, boolean dark) throws Exception {
		open(application, show, width, height, dark);
	}

	/** Another page first, because only the fragment may differ from the last one. */
	private void open(Application house, String show, int width, int height, boolean dark) throws Exception {
		browser.window(width, height, dark);
		browser.open("about:blank");
		untilTrue("the empty page", "location.href === 'about:blank'");
		this.errorsBefore = browser.errors().size();
		browser.open("http://127.0.0.1:" + house.port() + "/#" + show);
		untilTrue("the page to be live",
				"document.readyState === 'complete' && $('link').textContent === 'live' && drawn");
	}

	private static void untilTrue(String what, String expression) {
		Until.until(what, Duration.ofSeconds(60), () -> isTrue(expression));
	}

	private static boolean isTrue(String expression) {
		try {
			return browser.evaluate("Boolean(" + expression + ")").asBoolean();
		}
		catch (IllegalStateException notYet) {
			return false;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String text(String id) throws Exception {
		return browser.evaluate("$('" + id + "').textContent").asString();
	}

	private static void click(String id) throws Exception {
		browser.evaluate("$('" + id + "').click()");
	}

	private static void move(String state) throws Exception {
		browser.evaluate("document.querySelector('[data-key=" + state + "]').click()");
	}

	private void assertNothingToComplainOf() {
		List<String> errors = browser.errors();
		assertThat(errors.subList(this.errorsBefore, errors.size())).isEmpty();
	}

	@Test
	void withTheHandlerNoSeatIsSoldTwiceAndWithoutItManyAre() throws Exception {
		open("hamlet", 1200, 580, false);
		click("race");
		untilTrue("both desks to have sold", "$('plain-sum').textContent && !$('race').disabled");
		assertThat(text("guarded-sum")).isEqualTo("No seat sold twice");
		assertThat(text("guarded-result")).startsWith("50 tickets for 50 seats");
		assertThat(text("plain-sum")).matches("\\d+ tickets too many");
		assertThat(count("#guarded .ok")).isEqualTo(50);
		assertThat(count("#plain .bad")).isPositive();
		browser.picture(PICTURES.resolve("race.png"));
		assertNothingToComplainOf();
	}

	@Test
	void theDiagramIsInTheStateThatTheLabelNames() throws Exception {
		open("godot", 1280, 900, false);
		// Notes at each change of the label what is in the picture at that moment.
		browser.evaluate("""
				window.changes = [];
				let before = $('diagram').src;
				new MutationObserver(() => {
					changes.push({ label: $('state').textContent, fresh: $('diagram').src !== before,
						complete: $('diagram').complete && $('diagram').naturalWidth > 0, src: $('diagram').src });
					before = $('diagram').src;
				}).observe($('state'), { childList: true }); 0""");
		for (String state : List.of("onSale", "playing", "finished", "announced")) {
			move(state);
			untilTrue("the state " + state, "picture.show.state === '" + state + "'");
			JsonNode change = browser.evaluate("""
					fetch(changes.at(-1).src).then((answer) => answer.text()).then((svg) => ({ ...changes.at(-1),
						current: svg.split('state current')[1].match(/<text[^>]*>([^<]*)/)[1] }))""");
			assertThat(change.get("fresh").asBoolean()).as(change.toString()).isTrue();
			assertThat(change.get("complete").asBoolean()).as(change.toString()).isTrue();
			assertThat(change.get("current").asString()).isEqualTo(state);
			assertThat(browser.evaluate("STATES['" + state + "'] === changes.at(-1).label").asBoolean()).isTrue();
		}
		assertThat(browser.evaluate("changes.length").asInt()).isEqualTo(4);
		assertNothingToComplainOf();
	}

	@Test
	void aRejectedMoveIsToldInWordsAndIsNoErrorOfTheBrowser() throws Exception {
		open("second-night", 1280, 900, false);
		move("finished");
		untilTrue("the answer", "$('moved').textContent");
		assertThat(text("moved")).startsWith("Second night is on sale, so that is not possible.").contains("finished");
		move("playing");
		untilTrue("the next state", "$('state').textContent === 'playing'");
		assertThat(text("moved")).as("of the state before").isEmpty();
		assertNothingToComplainOf();
	}

	@ParameterizedTest
	@CsvSource({ "1280, 10", "390, 5" })
	void theSeatMapIsOneTabStopWithArrowKeys(int width, int columns) throws Exception {
		open("third-night", width, 900, false);
		browser.evaluate("$('more').open = true; $('buyer').value = 'Ann " + width + "'; $('buyer').focus()");
		browser.press("Tab"); // 200 buyers rush
		browser.press("Tab"); // hand all seats back
		browser.press("Tab");
		assertThat(seatInFocus()).isEqualTo("A1");
		browser.press("ArrowDown");
		assertThat(seatInFocus()).isEqualTo(seat(columns));
		browser.press("ArrowRight");
		assertThat(seatInFocus()).isEqualTo(seat(columns + 1));
		browser.press("End");
		assertThat(seatInFocus()).isEqualTo(seat(2 * columns - 1));
		browser.press("ArrowUp");
		assertThat(seatInFocus()).isEqualTo(seat(columns - 1));
		browser.press("Home");
		browser.press("ArrowLeft");
		assertThat(seatInFocus()).as("there is nothing to the left").isEqualTo("A1");
		assertThat(count("#seats [tabindex='0']")).isOne();
		browser.press("ArrowRight");
		browser.press("Enter");
		untilTrue("A2 to be sold", "document.activeElement.className === 'mine'");
		assertThat(seatInFocus()).as("the focus stays").isEqualTo("A2");
		browser.press("Enter");
		untilTrue("A2 to be free", "document.activeElement.className === ''");
		browser.press("Tab");
		assertThat(count("#seats :focus")).isZero();
		assertNothingToComplainOf();
	}

	private static String seat(int at) {
		return Show.SEATS.get(at);
	}

	private static String seatInFocus() throws Exception {
		return browser.evaluate("document.activeElement.textContent").asString();
	}

	private static int count(String selector) throws Exception {
		return browser.evaluate("document.querySelectorAll(\"" + selector + "\").length").asInt();
	}

	@Test
	void afterTheSeatsAreHandedBackNothingIsSaidOfTheRush() throws Exception {
		open("first-night", 1280, 900, false);
		browser.evaluate("$('more').open = true");
		click("rush");
		untilTrue("the rush to be over", "$('rush-result').textContent.startsWith('50 have a seat')");
		untilTrue("the house to be full",
				"picture.show.state === 'soldOut' && document.querySelectorAll('#seats .sold').length === 50");
		browser.evaluate("document.querySelector('#seats .sold').click()");
		assertThat(text("said")).startsWith("A1 belongs to Buyer ");
		click("back");
		untilTrue("the seats to be free",
				"!$('back').disabled && document.querySelectorAll('#seats .sold').length === 0");
		assertThat(text("rush-result")).isEqualTo("No rush yet.");
		assertThat(text("said")).isEmpty();
		assertThat(browser.evaluate("$('bar').children[0].style.width").asString()).isEqualTo("0%");
		assertNothingToComplainOf();
	}

	@Test
	void everyCustomerOfTheOverloadIsToldOfOnBothSides() throws Exception {
		open("hamlet", 1280, 900, false);
		click("overload");
		untilTrue("all to have come and gone", "!$('overload').disabled && !document.querySelector('.waits')");
		assertThat(count("#bounded .ok, #bounded .no")).isPositive();
		assertThat(count("#bounded i:not([class=''])")).isEqualTo(20);
		assertThat(count("#unbounded i:not([class=''])")).isEqualTo(20);
		assertThat(count("#unbounded .no")).as("nobody is turned away").isZero();
		assertThat(count("#unbounded .bad")).isPositive();
		assertThat(text("unbounded-sum")).endsWith("waited for nothing");
		assertNothingToComplainOf();
	}

	@Test
	void theRestIsFoldedAndOpensByTheKeyboard() throws Exception {
		open("hamlet", 1280, 900, false);
		assertThat(browser.evaluate("$('seats').checkVisibility()").asBoolean()).isFalse();
		browser.evaluate("document.querySelector('summary').focus()");
		browser.press("Enter");
		untilTrue("the seats to be seen", "$('seats').checkVisibility()");
		untilTrue("what is alive to be told", "$('alive').children.length === 4");
		browser.evaluate("$('word').value = 'Break a leg'; $('talk').requestSubmit()");
		untilTrue("the word to be heard", "$('chat').textContent.includes('Break a leg')");
		for (String button : List.of("agency", "sign", "prompt")) {
			browser.evaluate("$('asides-result').textContent = ''");
			click(button);
			untilTrue("an answer to " + button, "$('asides-result').textContent");
			assertThat(browser.evaluate("$('asides-result').className").asString()).doesNotContain("rejected");
		}
		assertNothingToComplainOf();
	}

	@Test
	void aServerThatIsGoneIsSaidAndFoundAgain() throws Exception {
		Application house = Application.start();
		int port = house.port();
		try {
			open(house, "hamlet", 1280, 900, false);
			house.close();
			untilTrue("the banner", "$('offline').checkVisibility() && $('link').textContent === 'offline'");
			click("race");
			untilTrue("an answer all the same", "$('race-said').textContent === 'The box office does not answer.'");
			untilTrue("a second try", "failed > 1");
			browser.picture(PICTURES.resolve("offline.png"));
			house = Application.startAt(port);
			untilTrue("the page to be live", "!$('offline').checkVisibility() && $('link').textContent === 'live'");
		}
		finally {
			house.close();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 320, 390, 600, 768, 1024, 1600 })
	void nothingIsWiderThanTheWindow(int width) throws Exception {
		open("hamlet", width, 844, false);
		browser.evaluate("$('more').open = true");
		assertThat(browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth").asBoolean()).isTrue();
		assertThat(browser
			.evaluate(
					"""
							[...document.querySelectorAll('button, input, summary')].filter((one) => one.checkVisibility())
								.filter((one) => { const box = one.getBoundingClientRect(); return box.width < 40 || box.height < 40; })
								.map((one) => one.outerHTML)""")
			.valueStream()
			.map(JsonNode::asString)).as("targets below 40 px").isEmpty();
		assertThat(
				browser.evaluate("$('rush').getBoundingClientRect().bottom <= $('seats').getBoundingClientRect().top")
					.asBoolean())
			.as("the seats are under the button that fills them")
			.isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "wide, 1280, 1500, false", "dark, 1280, 1500, true", "phone, 390, 844, false",
			"phone-dark, 390, 844, true" })
	@DisplayName("No accessibility rule of axe is broken, folded or open, with results on the page")
	void accessible(String name, int width, int height, boolean dark) throws Exception {
		open("hamlet", width, height, dark);
		click("race");
		click("overload");
		untilTrue("the results",
				"!$('race').disabled && !$('overload').disabled && $('plain-sum').textContent && $('unbounded-sum').textContent");
		browser.picture(PICTURES.resolve(name + ".png"));
		for (String part : List.of("life-title", "overload-title")) {
			browser.evaluate("$('" + part + "').scrollIntoView({ behavior: 'instant' })");
			browser.picture(PICTURES.resolve(name + "-" + part + ".png"));
		}
		try (InputStream axe = Objects.requireNonNull(getClass().getResourceAsStream("/axe.min.js"))) {
			browser.evaluate(new String(axe.readAllBytes(), StandardCharsets.UTF_8) + "; 0");
		}
		assertThat(violations()).isEmpty();
		browser.evaluate("$('more').open = true; $('more').scrollIntoView({ behavior: 'instant' })");
		untilTrue("what is alive to be told", "$('alive').children.length === 4");
		browser.picture(PICTURES.resolve(name + "-more.png"));
		browser.evaluate("$('offline').hidden = false");
		assertThat(violations()).isEmpty();
		assertNothingToComplainOf();
	}

	private static List<String> violations() throws Exception {
		return browser.evaluate(
				"axe.run().then((found) => found.violations.map((each) => each.id + ': ' + each.nodes.map((node) => node.html + ' ' + node.failureSummary).join(', ')))")
			.valueStream()
			.map(JsonNode::asString)
			.toList();
	}

}
