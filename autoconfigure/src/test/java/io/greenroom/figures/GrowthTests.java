package io.greenroom.figures;

import java.io.StringReader;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import static org.assertj.core.api.Assertions.assertThat;

class GrowthTests {

	private final Growth table = Growth.of("growth", new Growth.Curve("handlers & keys", "G.handlers", "count"),
			new Growth.Curve("callers", "G.callers", "count"));

	private final Results results = new Results("growth", Form.LONG, LocalDate.EPOCH, "2 cores");

	GrowthTests() {
		measured("G.handlers", 0, 900, 900);
		measured("G.handlers", 1, 100, 110);
		measured("G.handlers", 2, 120, 120);
		measured("G.handlers", 3, 110, 130);
		measured("G.handlers", 4, 130, 132);
		measured("G.callers", 0, 50, 50);
		measured("G.callers", 1, 100, 100);
		measured("G.callers", 2, 101, 101);
		measured("G.callers", 3, 297, 297);
		measured("G.callers", 4, 99, 99);
	}

	private void measured(String benchmark, int zeros, double first, double second) {
		this.results.add(new Figure("%s[count=%d]".formatted(benchmark, Growth.COUNTS.get(zeros)), "ns",
				List.of(first, second)));
	}

	@Test
	void costsAreComparedFromTenOn() {
		assertThat(this.table.markdown(this.results).lines().toList()).contains(
				"| number of | 1 | 10 | 100 | 1 000 | 10 000 | highest to lowest from 10 on | spread | goal | verdict |",
				"| handlers & keys | 900 ns | 105 ns | 120 ns | 120 ns | 131 ns | 1.25 | 1.20 to 1.30 | ≤ 1.3 | met |");
	}

	@Test
	void aCurveThatRisesIsMissed() {
		assertThat(this.table.markdown(this.results)).contains(
				"| callers | 50 ns | 100 ns | 101 ns | 297 ns | 99 ns | 3.00 | 3.00 to 3.00 | ≤ 1.3 | **missed** |");
	}

	@Test
	void aPeerIsHeldToNothing() {
		Growth beside = Growth.of("growth", Growth.Curve.peer("threads", "G.callers", "count"));
		assertThat(beside.markdown(this.results))
			.contains("| threads | 50 ns | 100 ns | 101 ns | 297 ns | 99 ns | 3.00 | 3.00 to 3.00 |  |  |");
	}

	@Test
	void theShortFormHasFewCountsAndNoPeers() {
		Growth beside = Growth.of("growth", new Growth.Curve("handlers", "G.handlers", "count"),
				Growth.Curve.peer("threads", "G.callers", "count"));
		assertThat(beside.ids(Form.LONG)).hasSize(10);
		assertThat(beside.ids(Form.SHORT)).extracting(BenchmarkId::toString)
			.containsExactly("G.handlers[count=10]", "G.handlers[count=10000]");
		Results quick = new Results("growth", Form.SHORT, LocalDate.EPOCH, "2 cores");
		Growth.FEW.forEach((count) -> quick
			.add(new Figure("G.handlers[count=%d]".formatted(count), "ns", List.of(10.0 + count / 1000))));
		assertThat(beside.markdown(quick)).contains("| number of | 10 | 10 000 | highest",
				"| handlers | 10 ns | 20 ns | 2.00 | one fork | ≤ 1.3 | not judged |");
		assertThat(beside.pictures(quick).get("growth.svg")).contains("handlers: 1.00 among 10, 2.00 among 10000")
			.doesNotContain("threads");
	}

	@Test
	void thePictureHasAPointForEachFigure() throws Exception {
		assertThat(this.table.pictures(this.results)).containsOnlyKeys("growth.svg");
		assertThat(this.table.markdown(this.results)).contains("](figures/growth.svg)");
		String svg = this.table.pictures(this.results).get("growth.svg");
		Element picture = DocumentBuilderFactory.newInstance()
			.newDocumentBuilder()
			.parse(new InputSource(new StringReader(svg)))
			.getDocumentElement();
		assertThat(picture.getElementsByTagName("desc").item(0).getTextContent())
			.contains("handlers & keys: 8.57 among 1, 1.00 among 10");
		assertThat(texts(picture)).contains("1", "10", "100", "1 000", "10 000", "handlers & keys", "callers",
				"cost, relative to that among 10");
		NodeList curves = picture.getElementsByTagName("polyline");
		assertThat(curves.getLength()).isEqualTo(2);
		for (int i = 0; i < curves.getLength(); i++) {
			String[] points = ((Element) curves.item(i)).getAttribute("points").split(" ");
			assertThat(points).hasSize(5);
			assertThat(points[0]).startsWith("70.0,");
			assertThat(points[4]).startsWith("680.0,");
			for (String point : points) {
				assertThat(Double.parseDouble(point.split(",")[1])).isBetween(35.0, 290.0);
			}
		}
		assertThat(svg).contains("prefers-color-scheme: dark");
	}

	private static List<String> texts(Element picture) {
		NodeList texts = picture.getElementsByTagName("text");
		return IntStream.range(0, texts.getLength()).mapToObj((i) -> texts.item(i).getTextContent()).toList();
	}

}
