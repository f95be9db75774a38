package io.greenroom.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class JmhJsonTests {

	private static final String RESULT = """
			{ "jmhVersion": "1.37", "benchmark": "io.greenroom.bench.SyncCall.handler", "mode": "avgt", "threads": %d,
			  "forks": 2, "params": { "callers": "8", "a": "b" },
			  "primaryMetric": { "score": 99.0, "scoreError": "NaN", "scoreUnit": "%s",
			    "rawData": [ [ 30.0, 10.0, 20.0 ], [ 40.0, 50.0 ] ] } }
			""";

	@TempDir
	private Path directory;

	@Test
	void takesTheMedianOfEachFork() throws IOException {
		assertThat(read(RESULT.formatted(1, "ns/op")))
			.containsExactly(new Figure("SyncCall.handler[a=b;callers=8]", "ns", List.of(20.0, 45.0)));
	}

	@Test
	void severalThreadsAreAParameter() throws IOException {
		assertThat(read(RESULT.formatted(16, "us/op")))
			.containsExactly(new Figure("SyncCall.handler[a=b;callers=8;threads=16]", "µs", List.of(20.0, 45.0)));
	}

	@Test
	void aBenchmarkWithoutParametersHasItsName() throws IOException {
		assertThat(read(RESULT.formatted(1, "ns/op").replaceAll("\"params\": \\{.*?},", ""))).extracting(Figure::id)
			.containsExactly("SyncCall.handler");
	}

	@Test
	void anotherUnitIsAnError() {
		assertThatIllegalStateException().isThrownBy(() -> read(RESULT.formatted(1, "fortnights/op")))
			.withMessageContaining("SyncCall.handler[a=b;callers=8] is measured in fortnights/op");
	}

	private List<Figure> read(String result) throws IOException {
		return JmhJson.read(Files.writeString(this.directory.resolve("results.json"), "[" + result + "]"));
	}

}
