package io.greenroom.console.internal;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ConsolePageTests {

	private final ConsolePage page = ConsolePage.load();

	private final String html = this.page.html();

	@Test
	@DisplayName("M13 the page needs nothing but itself: one script, one style, no handler in a tag, no other host")
	void selfContained() {
		assertThat(found("<script")).hasSize(1);
		assertThat(found("<style")).hasSize(1);
		assertThat(found("\\son[a-z]+=\"?")).isEmpty();
		assertThat(found("\\sstyle=")).isEmpty();
		assertThat(found("https?://[a-z0-9.-]+")).containsOnly("http://www.w3.org");
		assertThat(found("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|new Function")).isEmpty();
	}

	@Test
	@DisplayName("M13 the policy allows this script and this style by their hashes, and nothing else")
	void policy() {
		assertThat(this.page.policy()).startsWith("default-src 'none';")
			.containsPattern("script-src 'sha256-[A-Za-z0-9+/=]{44}';")
			.containsPattern("style-src 'sha256-[A-Za-z0-9+/=]{44}';")
			.contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
			.doesNotContain("unsafe", "*");
		assertThat(ConsolePage.of("<style>a</style><script>b</script>").policy())
			.contains("script-src 'sha256-PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0='")
			.contains("style-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> ConsolePage.of("<script>b</script>"));
	}

	private List<String> found(String pattern) {
		return Pattern.compile(pattern).matcher(this.html).results().map(MatchResult::group).toList();
	}

}
