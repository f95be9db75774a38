package io.greenroom.state;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Locale;
import java.util.Objects;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Pictures of machines. */
class StateDiagramTests {

	@RegisterExtension
	final Machines machines = new Machines();

	private static String golden(String name) throws IOException {
		try (InputStream file = StateDiagramTests.class.getResourceAsStream(name)) {
			return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static Document parse(String svg) throws Exception {
		DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
		factory.setNamespaceAware(true);
		return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
	}

	@Test
	@DisplayName("S23 a class draws itself, as Mermaid, Graphviz and SVG")
	void declared() throws IOException {
		StateDiagram diagram = StateDiagram.of(Flower.class);
		assertThat(diagram.mermaid()).isEqualTo(golden("flower.mmd"));
		assertThat(diagram.graphviz()).isEqualTo(golden("flower.dot"));
		assertThat(diagram.svg()).isEqualTo(golden("flower.svg"));
		assertThat(diagram.current()).isNull();
	}

	@Test
	@DisplayName("S23 a class draws itself with the same digits where the JVM's locale has others")
	void digits() throws IOException {
		Locale before = Locale.getDefault(Locale.Category.FORMAT);
		Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG-u-nu-arab"));
		try {
			declared();
		}
		finally {
			Locale.setDefault(Locale.Category.FORMAT, before);
		}
	}

	@Test
	@DisplayName("S23 a machine draws itself with its current state and what it has done")
	void live() throws Exception {
		Flower flower = this.machines.create(Flower.class);
		StateMachine machine = this.machines.of(flower);
		assertThat(machine.diagram().current()).isNull();
		assertThat(machine.targets()).containsExactly("sprouting");
		flower.sprouting(1);
		assertThat(machine.awaitState("growing", Machines.LONG)).isTrue();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(machine.targets()).containsExactly("growing", "flowering", "withering", "dead");
		for (int i = 0; i < 2; i++) {
			flower.withering();
			assertThat(Machines.rests(machine)).isTrue();
			flower.growing();
			assertThat(Machines.rests(machine)).isTrue();
		}
		StateDiagram diagram = machine.diagram();
		assertThat(diagram.mermaid()).isEqualTo(golden("flower-live.mmd"));
		assertThat(diagram.graphviz()).isEqualTo(golden("flower-live.dot"));
		assertThat(diagram.svg()).isEqualTo(golden("flower-live.svg"));
		assertThat(diagram.edges()).contains(new StateDiagram.Edge("growing", "withering", true, 2));
	}

	@Test
	@DisplayName("S23 the picture is well formed, has a box for each state, a line for each move, and no box upon another")
	void picture() throws Exception {
		for (Class<?> type : List.<Class<?>>of(Flower.class, Odd.class, Ladder.class)) {
			StateDiagram diagram = StateDiagram.of(type);
			Document svg = parse(diagram.svg());
			NodeList boxes = svg.getElementsByTagName("rect");
			long ends = diagram.states().stream().filter((state) -> state.transitionsTo().isEmpty()).count();
			assertThat(boxes.getLength()).isEqualTo(diagram.states().size() + ends);
			assertThat(svg.getElementsByTagName("path").getLength())
				.isEqualTo(1 + diagram.drawing(Map.of()).starts().size() + diagram.edges().size());
			DiagramLayout layout = new DiagramLayout(diagram.drawing(Map.of()));
			for (StateDescriptor one : diagram.states()) {
				for (StateDescriptor other : diagram.states()) {
					DiagramLayout.Place a = layout.box(one.name());
					DiagramLayout.Place b = layout.box(other.name());
					assertThat(a == b || a.layer != b.layer || Math.abs(a.x - b.x) >= (a.width + b.width) / 2).isTrue();
				}
				assertThat(layout.box(one.name()).x - layout.box(one.name()).width / 2).isGreaterThanOrEqualTo(0);
			}
		}
	}

	/** Names that mean something to those who draw. */
	static class Odd {

		@State(transitionsTo = { "end", "übel", "end" })
		void end() {
		}

		@State(transitionsTo = "$a_1")
		void übel() {
		}

		@State
		void $a_1() {
		}

	}

	@Test
	@DisplayName("S23 names that mean something else to a tool are escaped")
	void escaped() throws Exception {
		StateDiagram diagram = StateDiagram.of(Odd.class);
		assertThat(diagram.mermaid()).contains("state \"end\" as _1")
			.contains("state \"$a_1\" as _0")
			.contains("_1 --> _1")
			.doesNotContain("end -->");
		assertThat(diagram.graphviz()).contains("\"end\" -> \"übel\"");
		assertThat(diagram.edges()).hasSize(3);
		StateDiagram hostile = new StateDiagram("<\"a\\&b\">", diagram.states(), diagram.edges(), "end");
		assertThat(parse(hostile.svg()).getElementsByTagName("title").item(0).getTextContent())
			.isEqualTo("<\"a\\&b\">");
		assertThat(hostile.graphviz()).startsWith("digraph \"<\\\"a\\\\&b\\\">\" {");
	}

	/** A line crosses two layers. */
	static class Ladder {

		@State(initial = true, transitionsTo = { "b", "d" })
		void a() {
		}

		@State(transitionsTo = { "c", "a" })
		void b() {
		}

		@State(transitionsTo = { "d", "a" })
		void c() {
		}

		@State
		void d() {
		}

	}

	@Test
	@DisplayName("S23 a move over several layers passes between the boxes, and one that closes a cycle runs upwards")
	void layout() {
		DiagramLayout layout = new DiagramLayout(StateDiagram.of(Ladder.class).drawing(Map.of()));
		assertThat(List.of("a", "b", "c", "d")).extracting((name) -> layout.box(name).layer)
			.containsExactly(0, 1, 2, 3);
		assertThat(layout.lines()).filteredOn(DiagramLayout.Line::upwards)
			.extracting((line) -> line.edge().from())
			.containsExactly("b", "c");
		DiagramLayout.Line over = layout.lines()
			.stream()
			.filter((line) -> line.edge().from().equals("a") && line.edge().to().equals("d"))
			.findFirst()
			.orElseThrow();
		assertThat(over.places()).hasSize(4);
		assertThat(Math.abs(over.places().get(1).x - layout.box("b").x)).isGreaterThan(layout.box("b").width / 2);
	}

	@Test
	@DisplayName("S12 S23 where no state is marked initial, the picture says that every state may start it")
	void remark() throws Exception {
		String remark = "no state is marked initial, so every state may start it";
		StateDiagram unmarked = StateDiagram.of(Odd.class);
		assertThat(List.of(unmarked.mermaid(), unmarked.graphviz(), unmarked.svg()))
			.allSatisfy((picture) -> assertThat(picture).containsOnlyOnce(remark));
		assertThat(parse(unmarked.svg()).getElementsByTagName("text").getLength()).isEqualTo(4);
		StateDiagram marked = StateDiagram.of(Ladder.class);
		assertThat(List.of(marked.mermaid(), marked.graphviz(), marked.svg()))
			.allSatisfy((picture) -> assertThat(picture).doesNotContain("every state"));
	}

	@Test
	@DisplayName("S23 a class without states, or with wrong ones, has no picture")
	void none() {
		assertThatIllegalArgumentException().isThrownBy(() -> StateDiagram.of(String.class))
			.withMessageContaining("has no states");
		assertThatExceptionOfType(InvalidStatesException.class).isThrownBy(() -> StateDiagram.of(Wrong.class));
	}

	static class Wrong {

		@State(transitionsTo = "nowhere")
		void a() {
		}

	}

}
