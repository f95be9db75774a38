package io.greenroom.figures;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static io.greenroom.figures.Goal.atLeast;
import static io.greenroom.figures.Goal.atMost;
import static io.greenroom.figures.Goal.overBy;
import static io.greenroom.figures.Goal.upTo;
import static io.greenroom.figures.Row.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ComparisonTests {

	private final Results results = new Results("t", Form.LONG, LocalDate.of(2026, 1, 31), "2 cores, JDK 25");

	@Test
	void aLineForEachComparison() {
		measured("A.ours", "ns", 90, 100, 110);
		measured("A.floor", "ns", 50, 80, 100);
		measured("A.peer", "ns", 200, 400, 1000);
		Comparison table = Comparison.of("t",
				row("a call", "A.ours").floor("a store", "A.floor", atMost(1.4)).peer("another", "A.peer"));
		assertThat(table.markdown(this.results)).isEqualTo(
				"""
						`mvn -Pbench -pl autoconfigure process-test-classes -Dfigures="long t"`: 2026-01-31, 2 cores, JDK 25, 3 forks.

						| path | ours | beside it | its figure | ratio | spread | goal | verdict |
						|---|---|---|---|---|---|---|---|
						| a call | 100 ns | floor: a store | 80 ns | 1.25 | 1.10 to 1.80 | ≤ 1.4 | met, but not by 1 of 3 forks |
						|  |  | another | 400 ns | 0.25 | 0.11 to 0.45 |  |  |
						""");
	}

	@Test
	void theSpreadIsThatOfForksOfOneRound() {
		// The machine was slow in the second round, for both.
		measured("A.ours", "ns", 100, 300);
		measured("A.peer", "ns", 200, 600);
		assertThat(line(row("a call", "A.ours").peer("another", "A.peer", atMost(0.5)))).contains("0.50 to 0.50",
				"met");
	}

	@Test
	void verdicts() {
		measured("A.ours", "ns", 100, 101, 102);
		measured("A.peer", "ns", 100, 100, 100);
		assertThat(verdict(atMost(1.1))).isEqualTo("met");
		assertThat(verdict(atMost(1.01))).isEqualTo("met, but not by 1 of 3 forks");
		assertThat(verdict(atMost(1))).isEqualTo("**missed**, but met by 1 of 3 forks");
		assertThat(verdict(atMost(0.9))).isEqualTo("**missed**");
		assertThat(verdict(atLeast(1))).isEqualTo("met");
		assertThat(verdict(atLeast(1.5))).isEqualTo("**missed**");
	}

	@Test
	void aGoalCanBeADifference() {
		measured("A.ours", "ns", 203);
		measured("A.peer", "ns", 70);
		assertThat(line(row("a call", "A.ours").peer("without", "A.peer", overBy(60, "ns"))))
			.isEqualTo("| a call | 203 ns | without | 70 ns | +133 ns | one fork | ≤ +60 ns | **missed** |");
	}

	@Test
	void aGoalCanBeOurOwn() {
		measured("A.ours", "B", 430, 436);
		assertThat(line(row("a machine", "A.ours").within(upTo(500, "B"))))
			.isEqualTo("| a machine | 433 B |  |  |  | 430 B to 436 B | ≤ 500 B | met |");
	}

	@Test
	void aRowWithoutComparisonHasItsFigure() {
		measured("A.ours", "B", 3_600);
		assertThat(line(row("a handler", "A.ours"))).isEqualTo("| a handler | 3 600 B |  |  |  | one fork |  |  |");
	}

	@Test
	void aMissingBenchmarkIsNamed() {
		measured("A.ours", "ns", 1);
		assertThatIllegalStateException()
			.isThrownBy(() -> line(row("a call", "A.ours").peer("another", "A.peer[callers=8]")))
			.withMessageContaining("The table 't' needs A.peer[callers=8]")
			.withMessageContaining("[A.ours]")
			.withMessageContaining("-Dfigures=\"long t\"");
	}

	@Test
	void differentUnitsAreNotCompared() {
		measured("A.ours", "ns", 1);
		measured("A.peer", "µs", 1);
		assertThatIllegalStateException().isThrownBy(() -> line(row("a call", "A.ours").peer("another", "A.peer")))
			.withMessage("A.ours is in ns, and A.peer in µs");
	}

	@Test
	void theShortFormIsNotJudged() {
		Results quick = new Results("t", Form.SHORT, LocalDate.EPOCH, "2 cores");
		quick.add(new Figure("A.ours", "ns", List.of(3.0)));
		quick.add(new Figure("A.peer", "ns", List.of(1.0)));
		Comparison table = Comparison.of("t", row("a call", "A.ours").peer("another", "A.peer", atMost(1)));
		assertThat(table.markdown(quick)).contains("| 3.00 | one fork | ≤ 1 | not judged |");
	}

	@Test
	void theShortFormLeavesRowsOut() {
		Comparison table = Comparison.of("t", row("a call", "A.ours"), row("another", "B.ours").inLongForm());
		Results quick = new Results("t", Form.SHORT, LocalDate.EPOCH, "2 cores");
		quick.add(new Figure("A.ours", "ns", List.of(1.0)));
		assertThat(table.ids(Form.SHORT)).extracting(BenchmarkId::toString).containsExactly("A.ours");
		assertThat(table.ids(Form.LONG)).extracting(BenchmarkId::toString).containsExactly("A.ours", "B.ours");
		assertThat(table.markdown(quick)).contains("1 fork.", "It leaves out 1 of the rows.").doesNotContain("another");
		assertThat(table.inLongForm().ids(Form.SHORT)).isEmpty();
	}

	private void measured(String id, String unit, double... forks) {
		this.results.add(new Figure(id, unit, Arrays.stream(forks).boxed().toList()));
	}

	private String verdict(Goal goal) {
		String line = line(row("a call", "A.ours").peer("another", "A.peer", goal));
		return line.substring(line.lastIndexOf(" | ") + 3, line.length() - 2);
	}

	private String line(Row row) {
		return Comparison.of("t", row).markdown(this.results).lines().reduce((first, last) -> last).orElseThrow();
	}

}
