package io.greenroom.web.internal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Which thread runs a controller, how often, and what interceptors see of it. */
@Timeout(60)
class HopsIT {

	@Test
	@DisplayName("H03 with a hop a controller runs on a green thread, and is invoked once")
	void hopsToAGreenThreadOnce() throws Exception {
		try (RunningApp app = RunningApp.startOn("tomcat hop", ReturnKindsApp.class)) {
			for (String path : ReturnKindsIT.PATHS) {
				app.get(path);
			}
			assertThat(app.bean(AsynchronousKinds.class).threads).hasSize(1).allMatch(Thread::isVirtual);
		}
	}

	@Test
	@DisplayName("H09 H17 nothing hops that is not told to, on threads of either kind: filter and controller share the thread")
	void noHopOnVirtualThreads() throws Exception {
		try (RunningApp app = RunningApp.start(ReturnKindsApp.class)) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true true");
		}
		try (RunningApp app = RunningApp.start(ReturnKindsApp.class, "greenroom.web.server-threads=platform")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true false");
		}
		try (RunningApp app = RunningApp.start(ReturnKindsApp.class, "greenroom.web.server-threads=platform",
				"greenroom.web.mode=inline")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true false");
		}
		try (RunningApp app = RunningApp.start(ReturnKindsApp.class, "greenroom.web.mode=hop")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("false true");
		}
		try (RunningApp app = RunningApp.start(ReturnKindsApp.class, "spring.threads.virtual.enabled=false")) {
			assertThat(app.get("/same-thread").body()).isEqualTo("true false");
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat", "jetty" })
	@DisplayName("H03 interceptors see with a hop what they see of a Callable: preHandle twice, the rest once")
	void interceptorsSeeACallable(String server) throws Exception {
		try (RunningApp app = RunningApp.startOn(server + " inline", ReturnKindsApp.class)) {
			app.get("/body");
			SlotCounts.until(() -> app.bean(ReturnKindsApp.Steps.class).of("/body").endsWith("after"));
			assertThat(app.bean(ReturnKindsApp.Steps.class).of("/body")).isEqualTo("pre post after");
		}
		try (RunningApp app = RunningApp.startOn(server + " hop", ReturnKindsApp.class)) {
			app.get("/body");
			SlotCounts.until(() -> app.bean(ReturnKindsApp.Steps.class).of("/body").endsWith("after"));
			assertThat(app.bean(ReturnKindsApp.Steps.class).of("/body")).isEqualTo("pre concurrent pre post after");
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "inline", "hop" })
	@DisplayName("H03 @ModelAttribute methods run as often as without the pool")
	void modelAttributesRunAsOften(String mode) throws Exception {
		Map<String, Integer> counts = new LinkedHashMap<>();
		for (String enabled : List.of("false", "true")) {
			try (RunningApp app = RunningApp.startOn("tomcat " + mode, ReturnKindsApp.class,
					"greenroom.web.enabled=" + enabled)) {
				app.get("/model-attribute-callable");
				counts.put(enabled, app.bean(ReturnKindsApp.Pages.class).commons.get());
			}
		}
		assertThat(counts.get("true")).isEqualTo(counts.get("false"));
	}

}
