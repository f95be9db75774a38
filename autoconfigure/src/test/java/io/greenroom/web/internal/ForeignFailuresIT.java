package io.greenroom.web.internal;

import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.greenroom.observe.internal.Failures;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.resource.ResourceResolver;
import org.springframework.web.servlet.resource.ResourceResolverChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RouterFunctions.route;

/**
 * Failures that are none of Greenroom's, above all those whose causes form a ring, out of
 * every kind of handler: the same answer as without the starter.
 */
@Timeout(120)
class ForeignFailuresIT {

	private static final List<String> WAYS = List.of("/method/", "/route/", "/files/");

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat", "tomcat http2", "jetty" })
	@DisplayName("F16 H17 what is not Greenroom's is told as without the starter, rings of causes and own statuses too")
	void sameAsWithout(String server) throws Exception {
		Map<String, String> without = answers(server + " inline", RunningApp.WITHOUT_STARTER);
		assertThat(without.get("/route/STATUS")).startsWith("409");
		assertThat(without.get("/files/NOT_FOUND")).startsWith("404");
		assertThat(without.get("/route/RING")).startsWith("500");
		assertThat(without.get("/method/PLAIN")).startsWith("500");
		assertThat(answers(server + " inline")).isEqualTo(without);
		assertThat(answers(server + " hop")).isEqualTo(without);
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "advice=own", "advice=all", "registrations=own" })
	@DisplayName("F16 H17 an application with its own advice, or its own registrations, tells failures as without the starter")
	void ownAdvice(String property) throws Exception {
		Map<String, String> without = answers("tomcat inline", RunningApp.WITHOUT_STARTER, property);
		if (property.equals("advice=own")) {
			assertThat(without.get("/route/OWN")).startsWith("418").contains("own words");
		}
		assertThat(answers("tomcat inline", property)).isEqualTo(without);
	}

	private static Map<String, String> answers(String on, String... properties) throws Exception {
		Map<String, String> answers = new LinkedHashMap<>();
		// Without the starter, too, Spring follows a ring for ever once it is answered.
		List<Foreign> thrown = List.of(properties).contains("advice=all")
				? List.of(Foreign.PLAIN, Foreign.OWN, Foreign.STATUS, Foreign.NOT_FOUND) : List.of(Foreign.values());
		try (RunningApp app = RunningApp.startOn(on, App.class,
				Stream.concat(Stream.of("logging.level.root=off"), Stream.of(properties)).toArray(String[]::new))) {
			for (String way : WAYS) {
				for (Foreign what : thrown) {
					for (String accept : List.of("*/*", "text/html")) {
						HttpResponse<String> answer = app.get(way + what, "Accept", accept);
						answers.put(way + what + (accept.equals("*/*") ? "" : " in a browser"), answer.statusCode()
								+ " " + answer.headers().firstValue("Content-Type").orElse("none") + " "
								+ answer.body().replaceAll("\"timestamp\":\"[^\"]+\"|<div id='created'>[^<]+", ""));
					}
				}
			}
		}
		assertThat(answers).hasSize(2 * WAYS.size() * thrown.size());
		return answers;
	}

	/** What an application may throw. */
	enum Foreign {

		PLAIN {
			@Override
			Exception make() {
				return new IllegalStateException("plain");
			}
		},

		OWN {
			@Override
			Exception make() {
				return new OwnException(null);
			}
		},

		STATUS {
			@Override
			Exception make() {
				return new TakenException();
			}
		},

		NOT_FOUND {
			@Override
			Exception make() {
				return new ResponseStatusException(HttpStatus.NOT_FOUND, "gone", new OwnException(null));
			}
		},

		RING {
			@Override
			Exception make() {
				return ring(new IllegalStateException("ring"));
			}
		};

		abstract Exception make();

		private static Exception ring(Exception one) {
			one.initCause(new IllegalArgumentException("ring", one));
			return one;
		}

	}

	@ResponseStatus(HttpStatus.CONFLICT)
	static class TakenException extends RuntimeException {

	}

	static class OwnException extends RuntimeException {

		OwnException(@Nullable String message) {
			super(message);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Controller.class, OwnAdvice.class, CatchAll.class })
	static class App implements WebMvcConfigurer {

		@Bean
		static RouterFunction<ServerResponse> routes() {
			return route().GET("/route/{what}", (request) -> {
				throw Foreign.valueOf(request.pathVariable("what")).make();
			}).build();
		}

		/** The application's registrations are used in place of the starter's. */
		@Bean
		@ConditionalOnProperty("registrations")
		static WebMvcRegistrations registrations() {
			return new WebMvcRegistrations() {

			};
		}

		/** Resources that fail when they are looked for. */
		@Override
		public void addResourceHandlers(ResourceHandlerRegistry registry) {
			registry.addResourceHandler("/files/**")
				.addResourceLocations("classpath:/none/")
				.resourceChain(false)
				.addResolver(new ResourceResolver() {

					@Override
					public @Nullable Resource resolveResource(@Nullable HttpServletRequest request, String path,
							List<? extends Resource> locations, ResourceResolverChain chain) {
						throw Failures.rethrow(Foreign.valueOf(path).make());
					}

					@Override
					public @Nullable String resolveUrlPath(String path, List<? extends Resource> locations,
							ResourceResolverChain chain) {
						return null;
					}

				});
		}

	}

	@RestController
	static class Controller {

		@GetMapping("/method/{what}")
		String fails(@PathVariable Foreign what) throws Exception {
			throw what.make();
		}

	}

	@RestControllerAdvice
	@ConditionalOnProperty(name = "advice", havingValue = "own")
	static class OwnAdvice {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.I_AM_A_TEAPOT)
		String own(OwnException failure) {
			return "own words";
		}

	}

	@RestControllerAdvice
	@ConditionalOnProperty(name = "advice", havingValue = "all")
	static class CatchAll {

		@ExceptionHandler
		String all(TakenException failure, HttpServletResponse response) {
			response.setStatus(444);
			return "caught " + failure.getClass();
		}

		@ExceptionHandler
		String all(RuntimeException failure) {
			return "caught " + failure.getClass();
		}

	}

}
