package io.greenroom.durable;

import java.util.List;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.spring.StateFailedEvent;
import io.greenroom.state.State;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * An application that is killed at the point that its setting {@code killed.at} names,
 * and goes on when it is started without.
 */
@Configuration(proxyBeanMethods = false)
@Import({ DurableContext.Base.class, DurableContext.Transactions.class, Killed.Job.class })
class Killed {

	/** Those that two applications hold at once. */
	static final List<String> KEYS = IntStream.range(0, Integer.getInteger("greenroom.keys", 100))
		.mapToObj((number) -> "h" + number)
		.toList();

	/** What a line with the time begins with at which the application was ready. */
	static final String READY = "ready at ";

	public static void main(String[] args) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Killed.class).web(WebApplicationType.NONE)
			.run(args);
		System.out.println(READY + System.currentTimeMillis());
		Keyed<String, Job> jobs = context
			.<Keyed<String, Job>>getBeanProvider(
					ResolvableType.forClassWithGenerics(Keyed.class, String.class, Job.class))
			.getObject();
		List<String> options = List.of(args);
		if (options.contains("--hold=first")) {
			BootProcess.pauseAt("ready");
			KEYS.forEach((key) -> jobs.get(key).later());
			Until.until("all to rest", () -> jobs.in("later", 1000).stream().allMatch((job) -> job.deadline() != null));
			BootProcess.at("holding");
		}
		else if (options.contains("--hold=second")) {
			BootProcess.pauseAt("ready");
			KEYS.forEach((key) -> jobs.get(key).steps());
			BootProcess.at("holding");
		}
		if (options.stream().anyMatch((option) -> option.startsWith("--killed.at="))) {
			jobs.get("a").working("hard");
			jobs.get("b").working("b");
			jobs.get("c").waiting();
			BootProcess.at("called");
		}
		else {
			JdbcClient jdbc = context.getBean(JdbcClient.class);
			Until.until("all to be done",
					() -> jdbc.sql("select count(*) from greenroom_row where status <> 'DONE'")
						.query(Long.class)
						.single() == 0);
			// What others see may not be on the disk yet: its writer has not been
			// answered.
			context.close();
			BootProcess.at("idle");
		}
		BootProcess.stay();
	}

	@Bean
	DataSource dataSource(Environment environment) {
		return TestDatabase.pool(environment.getRequiredProperty("database"), 5);
	}

	@Bean
	Points points(Environment environment) {
		return new Points(environment.getProperty("killed.at", "never"));
	}

	@Bean
	ApplicationListener<StateFailedEvent> failures() {
		return (event) -> BootProcess.at("failed");
	}

	/** Where the application is to be killed. */
	record Points(String killed) {

		void pass(String point) {
			if (point.equals(this.killed)) {
				BootProcess.stayAt(point);
			}
			if (this.killed.equals("failing in the " + point)) {
				throw new IllegalStateException("The " + point + " fails, as asked");
			}
			if (this.killed.equals("paused in the " + point)) {
				TransactionSynchronizationManager.registerSynchronization(new Outcome());
				BootProcess.pauseAt(point);
			}
			if (this.killed.equals("paused before the commit of the " + point)) {
				TransactionSynchronizationManager.registerSynchronization(new Outcome() {

					@Override
					public void beforeCommit(boolean readOnly) {
						BootProcess.pauseAt("committing");
					}

				});
			}
		}

	}

	/** Tells how the transaction has ended. */
	private static class Outcome implements TransactionSynchronization {

		@Override
		public void afterCompletion(int status) {
			BootProcess.at((status == STATUS_COMMITTED) ? "committed" : "rolled back");
		}

	}

	/** Works for key a, and waits for key c. */
	@DeferredHandler
	@Durable(name = "job")
	static class Job {

		private final String id;

		private final JdbcClient jdbc;

		private final Points points;

		@Stored
		private int steps;

		Job(@Key String id, JdbcClient jdbc, Points points) {
			this.id = id;
			this.jdbc = jdbc;
			this.points = points;
		}

		@Transactional
		@State(initial = true, transitionsTo = "done")
		void working(String how) {
			work(how);
			this.steps++;
			if (this.id.equals("a")) {
				this.points.pass("middle");
			}
			done();
		}

		@Transactional
		@State
		void done() {
			if (this.id.equals("a")) {
				this.points.pass("successor");
			}
			this.steps++;
			work("done");
		}

		/** Databases return rows without an order of their own in any order. */
		private void work(String what) {
			int place = this.jdbc.sql("select count(*) from work where id = ?")
				.param(this.id)
				.query(Integer.class)
				.single();
			this.jdbc.sql("insert into work values (?, ?, ?)").params(this.id, what, place).update();
		}

		@State(initial = true, transitionsTo = "done", timeout = "1500ms", onTimeout = "done")
		void waiting() {
		}

		@State(initial = true, transitionsTo = "done", timeout = "5s", onTimeout = "done")
		void later() {
		}

		@ReadOnly
		int steps() {
			return this.steps;
		}

	}

}
