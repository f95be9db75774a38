package io.greenroom.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The repackaged jar, run by {@code java -jar}: other class loaders than in a build. */
class JarIT {

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	@Test
	@DisplayName("S18 S14 run as a jar, states move and reject, and handlers and pools answer")
	void runsAsJar() throws Exception {
		Process application = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-jar",
				jar().toString(), "--server.port=0", "--box-office.chat.telnet-port=0",
				"--spring.datasource.url=jdbc:h2:mem:jar")
			.redirectErrorStream(true)
			.start();
		BufferedReader log = application.inputReader();
		try (Customer customer = new Customer(
				CompletableFuture.supplyAsync(() -> port(log)).get(2, TimeUnit.MINUTES))) {
			// Nobody may wait on a full pipe.
			Thread.startVirtualThread(() -> log.lines().forEach((line) -> {
			}));
			assertThat(customer.post("/shows/godot/moves/onSale").status()).isEqualTo(200);
			assertThat(customer.post("/shows/godot/moves/finished").status()).isEqualTo(409);
			assertThat(customer.postForm("/coats", "coat=blue").json().get("number").asInt()).isEqualTo(1);
			assertThat(customer.get("/actuator/greenroom").json().at("/states").toString()).contains("onSale");
		}
		finally {
			application.destroy();
			assertThat(application.waitFor(1, TimeUnit.MINUTES)).isTrue();
		}
	}

	private static int port(BufferedReader log) {
		StringBuilder seen = new StringBuilder();
		try {
			for (String line = log.readLine(); line != null; line = log.readLine()) {
				Matcher port = PORT.matcher(line);
				if (port.find()) {
					return Integer.parseInt(port.group(1));
				}
				seen.append(line).append('\n');
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		throw new IllegalStateException("The application did not start:\n" + seen);
	}

	private static Path jar() throws IOException {
		try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of("target"), "greenroom-sample-app-*.jar")) {
			return jars.iterator().next();
		}
	}

}
