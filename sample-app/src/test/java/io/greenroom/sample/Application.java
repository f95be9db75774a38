package io.greenroom.sample;

import java.util.stream.Stream;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The application, started by a test that also ends it. */
public final class Application implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private Application(ConfigurableApplicationContext context) {
		this.context = context;
	}

	public static Application start(String... settings) {
		return startAt(0, settings);
	}

	public static Application startAt(int port, String... settings) {
		String[] arguments = Stream.concat(Stream.of("server.port=" + port), Stream.of(settings))
			.map((setting) -> "--" + setting)
			.toArray(String[]::new);
		return new Application(new SpringApplicationBuilder(BoxOfficeApplication.class).run(arguments));
	}

	public int port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port", int.class);
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	@Override
	public void close() {
		this.context.close();
	}

}
