package io.greenroom.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/**
 * An application that starts, prints what its start took, and ends. Does not use
 * Greenroom, which may or may not be on its class path.
 */
public final class StartUpApplication {

	/** The beginning of the line with the figures. */
	static final String MEASURED = "MEASURED";

	private StartUpApplication() {
	}

	/** Starts the application. The arguments: its kind, and arguments for Boot. */
	public static void main(String[] args) throws Exception {
		Class<?> kind = Class.forName(StartUpApplication.class.getName() + "$" + args[0]);
		Measured application = new Measured(kind);
		ConfigurableApplicationContext context = application.run(args);
		System.out.printf("%n%s %d %d %d %d%n", MEASURED, application.processorTime, application.time,
				ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount(), context.getBeanDefinitionCount());
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	/** Measures the refresh of the context: by the clock, and the main thread's part. */
	private static final class Measured extends SpringApplication {

		private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

		private long time;

		private long processorTime;

		Measured(Class<?> kind) {
			super(kind);
			this.threads.getCurrentThreadCpuTime();
		}

		@Override
		protected void refresh(ConfigurableApplicationContext context) {
			long began = System.nanoTime();
			long beganToWork = this.threads.getCurrentThreadCpuTime();
			super.refresh(context);
			this.processorTime = this.threads.getCurrentThreadCpuTime() - beganToWork;
			this.time = System.nanoTime() - began;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Web {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = Jpa.Note.class)
	@EnableJpaRepositories(considerNestedRepositories = true)
	static class Jpa {

		@Entity(name = "Note")
		static class Note {

			@Id
			@GeneratedValue
			Long id;

			String text;

		}

		interface Notes extends JpaRepository<Note, Long> {

		}

	}

}
