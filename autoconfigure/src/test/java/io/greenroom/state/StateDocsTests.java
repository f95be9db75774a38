package io.greenroom.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the documents say of machines is what the code does. */
@Timeout(60)
class StateDocsTests {

	private static final Path DOCS = Path.of("../docs/guide");

	@RegisterExtension
	final Machines machines = new Machines();

	private static List<String> blocks(String document, String language) throws IOException {
		return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
			.matcher(Files.readString(DOCS.resolve(document)))
			.results()
			.map((block) -> block.group(1))
			.toList();
	}

	private static String withoutIndent(String source) {
		return source.lines().map(String::strip).collect(Collectors.joining("\n"));
	}

	@Test
	void everyJavaBlockIsCompiledHere() throws IOException {
		StringBuilder sources = new StringBuilder();
		try (Stream<Path> files = Files.list(Path.of("src/test/java/io/greenroom/state"))) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				sources.append(withoutIndent(Files.readString(file))).append('\n');
			}
		}
		for (String document : List.of("states.md", "from-spring-statemachine.md")) {
			assertThat(blocks(document, "java").stream().filter((block) -> block.contains("@State"))).isNotEmpty()
				.allSatisfy((block) -> assertThat(sources).contains(withoutIndent(block)));
		}
	}

	@Test
	@DisplayName("S23 the pictures in the documents are those the machine draws")
	void pictures() throws IOException {
		String flower = StateDiagram.of(Flower.class).mermaid();
		assertThat(blocks("diagrams.md", "mermaid")).containsExactly(flower);
		assertThat(Files.readString(DOCS.resolve("flower.svg"))).isEqualTo(StateDiagram.of(Flower.class).svg());
	}

	@Test
	@DisplayName("S17 the order of the migration page and its two regions are three machines")
	void regions() throws InterruptedException {
		ShopOrder order = this.machines.create(ShopOrder.class, this.machines.states);
		order.draft(2);
		assertThat(this.machines.of(order).awaitState("placed", Machines.LONG)).isTrue();
		assertThat(Machines.rests(this.machines.of(order))).isTrue();
		order.payment().paid();
		assertThat(Machines.ended(this.machines.of(order.payment()))).isTrue();
		StateMachine parcel = this.machines.of(order.parcel());
		assertThat(Machines.rests(parcel)).isTrue();
		assertThat(parcel.current()).isEqualTo("packing");
		assertThat(order.parcel().items).isEqualTo(2);
	}

	@Test
	@DisplayName("The turnstile of the migration page makes declared moves only")
	void turnstile() throws InterruptedException {
		Turnstile turnstile = this.machines.create(Turnstile.class);
		turnstile.locked();
		assertThat(Machines.rests(this.machines.of(turnstile))).isTrue();
		turnstile.unlocked(1);
		assertThat(Machines.rests(this.machines.of(turnstile))).isTrue();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> turnstile.unlocked(1));
	}

	@Test
	@DisplayName("S12 the shipment of the migration page resumes where it was")
	void historyState() throws InterruptedException {
		Shipment shipment = this.machines.create(Shipment.class);
		StateMachine machine = this.machines.of(shipment);
		shipment.packing();
		assertThat(Machines.rests(machine)).isTrue();
		shipment.driving();
		assertThat(Machines.rests(machine)).isTrue();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(shipment::resume);
		shipment.onHold();
		assertThat(Machines.rests(machine)).isTrue();
		shipment.resume();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(machine.current()).isEqualTo("driving");
	}

}
