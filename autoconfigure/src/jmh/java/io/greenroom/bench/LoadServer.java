package io.greenroom.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.server.ResponseStatusException;

/** The application under load. Prints the port it listens on. */
public final class LoadServer {

	/** What the line with the port begins with. */
	static final String LISTENING = "LISTENING ";

	/** Where it says how many bytes of the heap are alive. */
	static final String LIVE_HEAP = "/live-heap";

	private LoadServer() {
	}

	public static void main(String[] args) {
		SpringApplication.run(App.class, args);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class App {

		private static final byte[] OK = { 'o', 'k' };

		private final AsyncTaskExecutor handOver = new VirtualThreadTaskExecutor("callable-");

		private final ObjectProvider<DataSource> database;

		/** What a bound takes at least. Fair, as a pool is. */
		private final Semaphore slots;

		App(ObjectProvider<DataSource> database, Environment environment) {
			this.database = database;
			this.slots = new Semaphore(environment.getProperty("bench.slots", Integer.class, 1), true);
		}

		@GetMapping("/trivial")
		String trivial() {
			return "ok";
		}

		/** The hand-over that Spring MVC has of its own; the executor starts a virtual thread for each. */
		@GetMapping("/callable")
		WebAsyncTask<String> callable() {
			return new WebAsyncTask<>(null, this.handOver, () -> "ok");
		}

		@GetMapping("/blocking")
		String blocking() throws InterruptedException {
			Thread.sleep(50);
			return "ok";
		}

		/** Holds memory while it blocks, as who builds a report does. */
		@GetMapping("/holding/{kilobytes}")
		String holding(@PathVariable int kilobytes) throws InterruptedException {
			byte[] work = new byte[kilobytes * 1024];
			Arrays.fill(work, (byte) 1);
			Thread.sleep(50);
			return (work[work.length - 1] == 1) ? "ok" : "lost";
		}

		@GetMapping("/bounded/blocking")
		String boundedBlocking() throws Exception {
			return bounded(this::blocking);
		}

		@GetMapping("/bounded/holding/{kilobytes}")
		String boundedHolding(@PathVariable int kilobytes) throws Exception {
			return bounded(() -> holding(kilobytes));
		}

		private String bounded(Callable<String> controller) throws Exception {
			if (!this.slots.tryAcquire(10, TimeUnit.SECONDS)) {
				throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
			}
			try {
				return controller.call();
			}
			finally {
				this.slots.release();
			}
		}

		@GetMapping("/database")
		String database() {
			new JdbcTemplate(this.database.getObject()).execute("CALL PAUSE(5)");
			return "ok";
		}

		/** Answers where it stands: what a request costs without Spring MVC. */
		@Bean
		ServletRegistrationBean<HttpServlet> direct() {
			return new ServletRegistrationBean<>(new HttpServlet() {

				@Override
				protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
					answer(response);
				}

			}, "/direct");
		}

		/** Answers on a virtual thread, and does nothing else. */
		@Bean
		ServletRegistrationBean<HttpServlet> handedOver() {
			return new ServletRegistrationBean<>(new HttpServlet() {

				@Override
				protected void doGet(HttpServletRequest request, HttpServletResponse response) {
					AsyncContext async = request.startAsync();
					async.setTimeout(0);
					Thread.startVirtualThread(() -> {
						try {
							answer(response);
						}
						catch (IOException gone) {
							// The client sees it.
						}
						finally {
							async.complete();
						}
					});
				}

			}, "/handed-over");
		}

		/** Collects all garbage, and tells what is alive. */
		@Bean
		ServletRegistrationBean<HttpServlet> liveHeap() {
			return new ServletRegistrationBean<>(new HttpServlet() {

				@Override
				protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
					System.gc();
					response.getWriter().print(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
				}

			}, LIVE_HEAP);
		}

		private static void answer(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain;charset=UTF-8");
			response.setContentLength(2);
			response.getOutputStream().write(OK);
			response.getOutputStream().flush();
		}

		@Bean
		static ApplicationListener<ApplicationReadyEvent> announcement() {
			return (ready) -> System.out
				.println(LISTENING + ready.getApplicationContext().getEnvironment().getProperty("local.server.port"));
		}

	}

}
