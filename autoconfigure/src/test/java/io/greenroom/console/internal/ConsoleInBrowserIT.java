package io.greenroom.console.internal;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
import tools.jackson.databind.JsonNode;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** The console as an operator sees it, in a real browser. */
@Timeout(300)
class ConsoleInBrowserIT {

	private static final Path PICTURES = Path.of("target", "console");

	/** More of them make longer lines over time, as in the pictures of the guide. */
	private static final int FRAMES = Integer.getInteger("greenroom.test.console.frames", 4);

	private static ConfigurableApplicationContext context;

	private static Troubles troubles;

	private static Chromium browser;

	private static String url;

	@BeforeAll
	static void start() throws Exception {
		Assumptions.assumeTrue(Chromium.find().isPresent(),
				"There is no browser; install Debian's package 'chromium' to run this test");
		context = new SpringApplicationBuilder(Troubles.Application.class).run("--server.port=0",
				"--server.address=127.0.0.1", "--spring.main.banner-mode=off", "--spring.jmx.enabled=false",
				"--logging.level.root=off", "--management.endpoints.web.exposure.include=greenroom",
				"--management.endpoint.greenroom.access=unrestricted", "--greenroom.console.enabled=true",
				"--greenroom.console.interval=500ms", "--greenroom.deferred.timeout=10m");
		troubles = new Troubles(context);
		url = "http://127.0.0.1:" + Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"))
				+ "/greenroom";
		browser = Chromium.start();
		open(1280, 900, false);
	}

	@AfterAll
	static void stop() throws Exception {
		if (troubles != null) {
			troubles.close();
		}
		if (browser != null) {
			browser.close();
		}
		if (context != null) {
			context.close();
		}
	}

	private static void open(int width, int height, boolean dark) throws Exception {
		browser.window(width, height, dark);
		browser.open(url);
		untilTrue("every problem to be on the page",
				"new Set([...document.querySelectorAll('#problem-list [data-kind]')].map((each) => each.dataset.kind)).size >= 7");
		untilTrue("some frames to have come", "Number(document.body.dataset.frames) >= " + FRAMES);
		untilTrue("the threads to be there", "document.querySelectorAll('#thread-tree li').length > 3");
	}

	private static void untilTrue(String what, String expression) {
		Until.until(what, Duration.ofSeconds(60), () -> {
			try {
				return browser.evaluate(expression).asBoolean();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private static String text(String selector) throws Exception {
		return browser.evaluate("document.querySelector(\"" + selector + "\").innerText").asString();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			STUCK_BODY     | kitchen | Troubles$Kitchen.stir(
			BLOCKED_LOOP   | doorman | Troubles$Doorman.watch(
			DEAD_HANDLER   | broken | java.lang.IllegalStateException: the fuse blew
			FAILED_MACHINE | Order | "IllegalArgumentException: <img src=x onerror=alert(1)> card refused"
			FULL_POOL      | tables | "1 of 1 at work, 2 in line"
			WAIT_CIRCLE    | "" | guest.answer waits for
			OLDEST_CALL    | "" | "places are taken"
			""")
	@DisplayName("M13 each problem is on the page, by name and with the user's own frame or words")
	void everyProblemIsThere(String kind, String subject, String words) throws Exception {
		String all = browser
			.evaluate("[...document.querySelectorAll('#problem-list [data-kind=" + kind
					+ "]')].map((each) => each.innerText).join(' | ')")
			.asString();
		assertThat(all).containsIgnoringCase(subject).contains(words);
	}

	@Test
	@DisplayName("M13 a name that is markup is text on the page, and nothing of it runs")
	void markupIsText() throws Exception {
		assertThat(text("#handler-rows")).contains(Troubles.EVIL);
		assertThat(browser.evaluate("document.title").asString()).contains("Greenroom").doesNotContain("evil");
		assertThat(browser.evaluate("document.querySelectorAll('main script, main img').length").asInt()).isZero();
	}

	@Test
	@DisplayName("M13 pools have their numbers and a line over time, handlers what they do")
	void inventory() throws Exception {
		assertThat(text("#pool-cards")).contains("tables", "1 of 1 at work, 2 in line", "rejected: 1 full",
				"5 of 8 at work, 0 in line");
		assertThat(browser.evaluate("document.querySelector('.spark .active').getAttribute('d')").asString())
			.matches("M[\\d.]+ [\\d.]+(L[\\d.]+ [\\d.]+){3,}");
		assertThat(text("#handler-rows")).contains("runs cook on ", " of 50", "dead: java.lang.IllegalStateException");
	}

	@Test
	@DisplayName("M13 a state of a machine type is chosen by the keyboard, and shows its machines")
	void machinesOfAState() throws Exception {
		assertThat(text("#machine-picture")).contains("ordered", "cancelled", "1 failed");
		browser.evaluate("document.querySelector('#machine-picture [aria-label^=paid]').focus()");
		browser.press("Enter");
		untilTrue("the machines of the state", "document.querySelectorAll('#machine-detail tbody tr').length > 5");
		assertThat(text("#machine-detail")).contains("Order in paid", "resting",
				"1 machine failed here since the start, the last with java.lang.IllegalArgumentException: <img src=x");
	}

	@Test
	@DisplayName("M13 who waits for whom is a picture, circles in red")
	void waits() throws Exception {
		assertThat(text("#wait-picture")).contains("cashier", "plates", "thanks");
		assertThat(browser.evaluate("document.querySelectorAll('#wait-picture .edge.bad').length").asInt())
			.isEqualTo(2);
	}

	@Test
	@DisplayName("M13 a green thread is found by its name, below its parents")
	void threads() throws Exception {
		browser.evaluate(
				"document.getElementById('find-thread').value = 'BAKER'; document.getElementById('thread-form').requestSubmit()");
		untilTrue("the thread to be found", "document.querySelectorAll('#thread-tree .hit').length === 1");
		assertThat(text("#thread-tree")).contains("night shift", "baker", "Troubles.waitFor(");
		assertThat(browser.evaluate("document.querySelector('#thread-tree .hit').closest('ul').closest('li').innerText")
			.asString()).startsWith("night shift");
	}

	@Test
	@DisplayName("M13 a pool is resized where the endpoint may, and only says why where it can't be")
	void resize() throws Exception {
		browser.evaluate(
				"document.querySelector('#pool-cards .resize input').value = 2; document.querySelector('#pool-cards .resize').requestSubmit()");
		untilTrue("the answer", "document.getElementById('resized').textContent.length > 0");
		assertThat(text("#resized")).contains("could not be resized (400)");
	}

	@ParameterizedTest
	@CsvSource({ "wide, 1280, 900, false", "dark, 1280, 900, true", "phone, 390, 844, false" })
	@DisplayName("M13 no accessibility rule of axe is broken, and the browser has nothing to complain of")
	void accessible(String name, int width, int height, boolean dark) throws Exception {
		open(width, height, dark);
		assertThat(browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth").asBoolean())
			.as("the page fits the window")
			.isTrue();
		browser
			.evaluate("document.querySelector('#machine-picture [aria-label^=paid]').focus({ preventScroll: true })");
		browser.press("Enter");
		untilTrue("the machines of the state", "document.querySelectorAll('#machine-detail tbody tr').length > 5");
		browser.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)");
		browser.picture(PICTURES.resolve(name + ".png"));
		for (String part : new String[] { "pools", "machines", "waits" }) {
			browser.evaluate("document.getElementById('" + part + "').scrollIntoView({ behavior: 'instant' })");
			browser.picture(PICTURES.resolve(name + "-" + part + ".png"));
		}
		assertThat(browser.errors()).isEmpty();
		try (InputStream axe = Objects.requireNonNull(getClass().getResourceAsStream("/axe.min.js"))) {
			browser.evaluate(new String(axe.readAllBytes(), StandardCharsets.UTF_8) + "; 0");
		}
		JsonNode violations = browser.evaluate(
				"axe.run().then((found) => found.violations.map((each) => each.id + ': ' + each.nodes.map((node) => node.html + ' ' + node.failureSummary).join(', ')))");
		assertThat(violations.valueStream().map(JsonNode::asString)).isEmpty();
	}

}
