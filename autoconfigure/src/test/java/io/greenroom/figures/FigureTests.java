package io.greenroom.figures;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@ExtendWith(OutputCaptureExtension.class)
class FigureTests {

	@Test
	void whatIsPrintedIsFoundAmongOtherLines(CapturedOutput output) {
		System.out.println("resting 1000 machines\t436 bytes each");
		Figure.print("WebLoad.cpu[server=hop;scenario=trivial]", 41.25, "µs");
		assertThat(output.getOut().lines().flatMap((line) -> Figure.printed(line).stream()))
			.containsExactly(new Figure("WebLoad.cpu[scenario=trivial;server=hop]", "µs", List.of(41.25)));
	}

	@Test
	void medianOfAnEvenNumberLiesBetween() {
		assertThat(new Figure("A.b", "ns", List.of(4.0, 1.0, 3.0, 2.0)).median()).isEqualTo(2.5);
	}

	@Test
	void anotherUnitIsNoFurtherFork() {
		Figure figure = new Figure("A.b", "ns", List.of(1.0));
		assertThat(figure.and(figure).forks()).containsExactly(1.0, 1.0);
		assertThatIllegalArgumentException().isThrownBy(() -> figure.and(new Figure("A.b", "µs", List.of(1.0))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "handler", "A.b.c", "A.b[", "A.b[]", "A.b[callers]", "A.b[callers=1] ", "" })
	void idsHaveOneForm(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> BenchmarkId.of(id)).withMessageContaining("is not like");
	}

}
