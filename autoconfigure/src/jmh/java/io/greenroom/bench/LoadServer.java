package io.greenroom.bench;

import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The application under load. Prints the port it listens on. */
public final class LoadServer {

	/** What the line with the port begins with. */
	static final String LISTENING = "LISTENING ";

	private LoadServer() {
	}

	public static void main(String[] args) {
		SpringApplication.run(App.class, args);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class App {

		private final ObjectProvider<DataSource> database;

		App(ObjectProvider<DataSource> database) {
			this.database = database;
		}

		@GetMapping("/trivial")
		String trivial() {
			return "ok";
		}

		@GetMapping("/blocking")
		String blocking() throws InterruptedException {
			Thread.sleep(50);
			return "ok";
		}

		@GetMapping("/database")
		String database() {
			new JdbcTemplate(this.database.getObject()).execute("CALL PAUSE(5)");
			return "ok";
		}

		@Bean
		static ApplicationListener<ApplicationReadyEvent> announcement() {
			return (ready) -> System.out
				.println(LISTENING + ready.getApplicationContext().getEnvironment().getProperty("local.server.port"));
		}

	}

}
