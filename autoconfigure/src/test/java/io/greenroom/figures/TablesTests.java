package io.greenroom.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What the tables name is there: the benchmarks, whose sources only the profile
 * {@code bench} compiles, and the parts of the page. And the page shows the results.
 */
class TablesTests {

	private static final Path SOURCES = Path.of("src/jmh/java/io/greenroom/bench");

	private final Figures figures = new Figures(Path.of("..", "docs"));

	static List<BenchmarkId> ids() {
		return Tables.all().stream().flatMap((table) -> table.ids(Form.LONG).stream()).distinct().toList();
	}

	@ParameterizedTest
	@MethodSource("ids")
	void itsBenchmarkExists(BenchmarkId id) throws IOException {
		Path file = SOURCES.resolve(id.type() + ".java");
		assertThat(file).exists();
		String source = Files.readString(file);
		if (Program.of(id) != null) {
			assertThat(source).contains("void main(String[] args)",
					"Figure.print(\"%s.%s".formatted(id.type(), id.method()));
			return;
		}
		assertThat(source).containsPattern("@Benchmark\\s+(@\\w+\\([^)]*\\)\\s+)?public \\S+ " + id.method() + "\\(");
		Set<String> params = new TreeSet<>(id.params().keySet());
		params.remove(BenchmarkId.THREADS);
		assertThat(params).isEqualTo(Pattern.compile("@Param\\([^)]*\\)\\s+(?:private )?\\S+ (\\w+);")
			.matcher(source)
			.results()
			.map((field) -> field.group(1))
			.collect(Collectors.toCollection(TreeSet::new)));
	}

	@Test
	void everyProgramIsUsed() {
		assertThat(ids().stream().map(Program::of)).containsAll(Program.all());
	}

	@Test
	void everyPartOfThePageHasATable() throws IOException {
		assertThat(new Page(Files.readString(this.figures.page())).parts())
			.containsExactlyInAnyOrderElementsOf(Tables.all().stream().map(Table::name).toList());
	}

	@Test
	void thePageShowsTheResults() throws IOException {
		for (Map.Entry<Path, String> file : this.figures.files(Tables.all()).entrySet()) {
			assertThat(file.getKey()).as("run with -Dfigures=write to write it from the results")
				.hasContent(file.getValue());
		}
	}

	@Test
	void noResultIsLeftOver() throws IOException {
		Path results = Path.of("..", "docs", "figures");
		assertThat(Files.exists(results) ? Arrays.stream(results.toFile().list()) : Stream.<String>empty())
			.allMatch((file) -> Tables.all().stream().anyMatch((table) -> file.matches(table.name() + "\\.(tsv|svg)")));
	}

	@Test
	void anUnknownTableIsNamed() {
		assertThat(Tables.named(List.of())).isEqualTo(Tables.all());
		assertThat(Tables.named(List.of("move", "sync"))).extracting(Table::name).containsExactly("sync", "move");
		assertThatIllegalArgumentException().isThrownBy(() -> Tables.named(List.of("synk")))
			.withMessageContaining("There is no table 'synk'; there are [sync, ");
	}

	@Test
	void resultsAreReadAsTheyWereWritten(@TempDir Path directory) throws IOException {
		Results written = new Results("t", Form.LONG, LocalDate.of(2026, 1, 31), "2 cores, JDK 25");
		written.add(new Figure("A.b[callers=8]", "ns", List.of(12.3456, 123456.0)));
		written.add(new Figure("A.b[callers=8]", "ns", List.of(0.001)));
		written.write(directory);
		Results read = Results.read(directory, "t");
		assertThat(read.get("A.b[callers=8]").forks()).containsExactly(12.346, 123460.0, 0.001);
		assertThat(read.heading()).isEqualTo(written.heading()).contains("3 forks");
	}

	@Test
	void oneJvmMeasuresWhatHasTheSameParameters() {
		assertThat(Runner.groups(
				Stream.of("A.b", "A.c[n=1]", "B.b", "WebLoad.cpu[scenario=x]", "A.d[n=1]", "WebLoad.p99[scenario=y]")
					.map(BenchmarkId::of)
					.toList()))
			.extracting((group) -> group.stream().map(BenchmarkId::toString).collect(Collectors.joining(" ")))
			.containsExactly("A.b B.b", "A.c[n=1] A.d[n=1]", "WebLoad.cpu[scenario=x] WebLoad.p99[scenario=y]");
	}

}
