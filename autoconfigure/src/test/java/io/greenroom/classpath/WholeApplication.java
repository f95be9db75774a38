package io.greenroom.classpath;

import java.util.Arrays;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.ForkedJvm;
import org.h2.jdbcx.JdbcDataSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application with nothing of its own but a database. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class WholeApplication {

	/** Of the JDK's type, and so there without any JDBC library of Spring's. */
	@Bean
	DataSource dataSource() {
		JdbcDataSource database = new JdbcDataSource();
		database.setURL("jdbc:h2:mem:whole");
		return database;
	}

	/** Starts, uses a green thread, and says which of our auto-configurations are in. */
	public static void main(String[] args) throws Exception {
		SpringApplication application = new SpringApplication(WholeApplication.class);
		try (ConfigurableApplicationContext context = application.run("--server.port=0")) {
			String sung = context.getBean(GreenScheduler.class).spawn(() -> "sung").get();
			if (!"sung".equals(sung)) {
				throw new AssertionError("The green thread sang " + sung);
			}
			System.out.println(ForkedJvm.ANSWER + Arrays.stream(context.getBeanDefinitionNames())
				.filter((name) -> name.startsWith("io.greenroom.") && name.endsWith("AutoConfiguration"))
				.collect(Collectors.joining(",")));
		}
	}

}
