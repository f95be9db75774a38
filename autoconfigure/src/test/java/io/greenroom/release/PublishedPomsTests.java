package io.greenroom.release;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a public repository and its users read in our POMs. */
class PublishedPomsTests {

	private static final Pom PARENT = Pom.of(".");

	@ParameterizedTest
	@ValueSource(strings = { "groupId", "artifactId", "version", "name", "description", "url", "licenses/license/name",
			"licenses/license/url", "developers/developer/name", "scm/connection", "scm/developerConnection", "scm/url",
			"issueManagement/url", "properties/project.build.outputTimestamp" })
	void theParentSaysWhatARepositoryAsksFor(String path) {
		assertThat(PARENT.text(path)).isNotBlank();
	}

	@Test
	void everyModuleHasANameADescriptionAndAModuleNameOfItsOwn() {
		Set<String> modules = new TreeSet<>();
		List<String> all = PARENT.all("modules/module").map((module) -> module.getTextContent().strip()).toList();
		for (String module : all) {
			Pom pom = Pom.of(module);
			assertThat(pom.text("name")).as(module).isNotBlank();
			assertThat(pom.text("description")).as(module).isNotBlank();
			assertThat(pom.text("parent/version")).as(module).isEqualTo(PARENT.text("version"));
			String own = pom.text("properties/module.name");
			modules.add((own != null) ? own : String.valueOf(PARENT.text("properties/module.name")));
		}
		assertThat(modules).hasSameSizeAs(all).allSatisfy((name) -> assertThat(name).startsWith("io.greenroom"));
	}

	/** A managed Boot would replace that of a user who imports the BOM first. */
	@Test
	void theBomManagesWhatIsPublishedAndNothingElse() {
		Set<String> published = PARENT.all("modules/module")
			.map((module) -> Pom.of(module.getTextContent().strip()))
			.filter((pom) -> !"true".equals(pom.text("properties/maven.deploy.skip")))
			.map((pom) -> "io.greenroom:" + pom.text("artifactId"))
			.collect(Collectors.toSet());
		assertThat(PARENT.all("dependencyManagement/dependencies/dependency")
			.map((managed) -> Pom.text(managed, "groupId", "") + ":" + Pom.text(managed, "artifactId", "")))
			.containsExactlyInAnyOrderElementsOf(published)
			.hasSize(2);
	}

	@Test
	void thePublicHomeIsSetInOnePlaceThatIsExplained() throws IOException {
		String home = String.valueOf(PARENT.text("properties/project.home"));
		assertThat(Files.readString(Pom.TOP.resolve("pom.xml")).split(home, -1)).as(home).hasSize(2);
		assertThat(Files.readString(Pom.TOP.resolve("docs/releasing.md"))).contains("`project.home`");
	}

}
