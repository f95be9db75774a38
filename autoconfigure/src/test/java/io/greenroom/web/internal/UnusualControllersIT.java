package io.greenroom.web.internal;

import java.util.LinkedHashMap;
import java.util.Map;

import io.greenroom.testkit.Unusual;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.RunInPool;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RouterFunctions.route;

/** Controllers that throw what can't be handled plainly. */
@Timeout(300)
class UnusualControllersIT {

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("F02 H03 whatever a controller or a route throws is answered as without the starter, and the slot comes back")
	void throwsAnything(String on) throws Exception {
		Map<String, Integer> without = statuses(on, false, RunningApp.WITHOUT_STARTER);
		assertThat(without).hasSize(2 * Unusual.values().length);
		assertThat(statuses(on, true, "greenroom.pools.one.limit=aimd")).isEqualTo(without);
	}

	private static Map<String, Integer> statuses(String on, boolean pooled, String property) throws Exception {
		Map<String, Integer> statuses = new LinkedHashMap<>();
		try (RunningApp app = RunningApp.startOn(on, App.class, property, "greenroom.pools.one.size=2",
				"greenroom.pools.one.min-size=2", "greenroom.pools.one.max-size=2", "logging.level.root=off",
				// Jetty would wait for what it has lost.
				"server.shutdown=immediate")) {
			for (Unusual what : Unusual.values()) {
				for (String path : new String[] { "/throws/", "/route/" }) {
					// Jetty itself asks for a cause, and loses the connection where that
					// throws: nothing after it would reach a controller.
					statuses.put(path + what, app.getAlone(path + what).statusCode());
				}
			}
			assertThat(app.getAlone("/ok").body()).isEqualTo("ok");
			if (pooled) {
				awaitAllBack(app);
				assertThat(app.bean(SlotCounts.class).back()).isEqualTo(2 * Unusual.values().length + 1);
			}
		}
		return statuses;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Controller.class)
	static class App {

		@Bean
		SlotCounts slotCounts() {
			return new SlotCounts();
		}

		@Bean
		RouterFunction<ServerResponse> routes(org.springframework.beans.factory.ObjectProvider<PoolFilters> filters) {
			RouterFunction<ServerResponse> routes = route()
				.GET("/route/{what}", (request) -> Unusual.valueOf(request.pathVariable("what")).raise())
				.build();
			PoolFilters pools = filters.getIfAvailable();
			return (pools != null) ? routes.filter(pools.in("one")) : routes;
		}

	}

	@RestController
	@RunInPool("one")
	static class Controller {

		@GetMapping("/throws/{what}")
		String fails(@PathVariable Unusual what) {
			return what.raise();
		}

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

	}

}
