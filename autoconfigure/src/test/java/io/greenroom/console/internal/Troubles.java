package io.greenroom.console.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.PoolFullException;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** An application in which everything is wrong that the console knows of. */
final class Troubles implements AutoCloseable {

	/** A name that a page must not take for anything but text. */
	static final String EVIL = "<script>document.title='evil'</script>";

	private final CountDownLatch leave;

	private final List<GreenPool> pools = new ArrayList<>();

	/** Kept, so that they are not gone. */
	private final List<Object> machines = new ArrayList<>();

	Troubles(ApplicationContext context) {
		this.leave = context.getBean(CountDownLatch.class);
		GreenScheduler scheduler = context.getBean(GreenScheduler.class);
		Kitchen kitchen = context.getBean(Kitchen.class);
		for (int i = 0; i < 40; i++) {
			kitchen.cook(this.leave);
		}
		context.getBean(Doorman.class).ring();
		context.getBean(EVIL, Evil.class).count();
		Broken broken = context.getBean(Broken.class);
		context.getBean(Cashier.class).charge(kitchen, this.leave);
		Waiter waiter = context.getBean(Waiter.class);
		assertThatExceptionOfType(DeferredDeadlockException.class)
			.isThrownBy(() -> waiter.ask(context.getBean(Guest.class), waiter));
		this.pools.add(scheduler.pool("tables").size(1).queueCapacity(2).build());
		this.pools.add(scheduler.pool("bar").size(8).build());
		GreenPool stoves = scheduler.pool("stoves").size(12).build();
		this.pools.add(stoves);
		scheduler.spawn("rush hour", () -> rush(stoves));
		GreenPool tables = this.pools.getFirst();
		for (int i = 0; i < 3; i++) {
			tables.submit(() -> waitFor(this.leave));
		}
		assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> tables.submit(() -> 2));
		for (int i = 0; i < 5; i++) {
			this.pools.get(1).submit(() -> waitFor(this.leave));
		}
		orders(context.getBean(StateMachines.class));
		scheduler.spawn("night shift", () -> {
			scheduler.spawn("baker", () -> waitFor(this.leave));
			scheduler.spawn("cleaner", () -> waitFor(this.leave));
			return waitFor(this.leave);
		});
		this.machines.add(broken);
	}

	private void orders(StateMachines states) {
		for (int i = 0; i < 30; i++) {
			Order order = states.create(Order.class);
			this.machines.add(order);
			order.ordered();
			if (i % 3 > 0) {
				order.paid(i == 20);
			}
			if (i % 6 == 5 && i != 20) {
				order.shipped();
			}
			if (i % 12 == 9) {
				order.cancelled();
			}
		}
	}

	/** Keeps a pool at work, more and less. */
	private int rush(GreenPool pool) throws InterruptedException {
		for (int i = 0; !this.leave.await(100, TimeUnit.MILLISECONDS); i++) {
			if (i % 60 < 35 + i % 7) {
				pool.submit(() -> this.leave.await(1300, TimeUnit.MILLISECONDS));
			}
		}
		return 0;
	}

	private static int waitFor(CountDownLatch latch) throws InterruptedException {
		latch.await();
		return 1;
	}

	@Override
	public void close() {
		this.leave.countDown();
		this.pools.forEach(GreenPool::close);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(
			excludeName = "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration")
	static class Application {

		@Bean
		CountDownLatch leave() {
			return new CountDownLatch(1);
		}

		@Bean
		Kitchen kitchen() {
			return new Kitchen();
		}

		@Bean
		Cashier cashier() {
			return new Cashier();
		}

		@Bean
		Waiter waiter() {
			return new Waiter();
		}

		@Bean
		Guest guest() {
			return new Guest();
		}

		@Bean
		Doorman doorman(CountDownLatch leave) {
			return new Doorman(leave);
		}

		@Bean
		Broken broken() {
			return new Broken();
		}

		@Bean(EVIL)
		Evil evil() {
			return new Evil();
		}

	}

	@DeferredHandler(capacity = 50)
	static class Kitchen {

		@Oneway
		void cook(CountDownLatch leave) {
			stir(leave);
		}

		int plates() {
			return 3;
		}

		private void stir(CountDownLatch leave) {
			try {
				leave.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	/** Waits for the kitchen, which does not answer. */
	@DeferredHandler
	static class Cashier {

		@Oneway
		void charge(Kitchen kitchen, CountDownLatch leave) {
			kitchen.plates();
		}

	}

	@DeferredHandler
	static class Waiter {

		int ask(Guest guest, Waiter self) {
			return guest.answer(self);
		}

		int thanks() {
			return 1;
		}

	}

	@DeferredHandler
	static class Guest {

		int answer(Waiter waiter) {
			return waiter.thanks();
		}

	}

	@DeferredHandler
	static class Doorman {

		private final CountDownLatch leave;

		Doorman(CountDownLatch leave) {
			this.leave = leave;
		}

		@ProcessingLoop
		void watch(DeferredCalls calls) throws InterruptedException {
			this.leave.await();
		}

		@Oneway
		void ring() {
		}

	}

	@DeferredHandler
	static class Broken {

		@ProcessingLoop
		void run(DeferredCalls calls) {
			throw new IllegalStateException("the fuse blew");
		}

		int answer() {
			return 1;
		}

	}

	@DeferredHandler
	static class Evil {

		int count() {
			return 1;
		}

	}

	static class Order {

		@State(initial = true, transitionsTo = { "paid", "cancelled" }, timeout = "1h", onTimeout = "cancelled")
		void ordered() {
		}

		@State(transitionsTo = "shipped")
		void paid(boolean refused) {
			if (refused) {
				throw new IllegalArgumentException("<img src=x onerror=alert(1)> card refused");
			}
		}

		@State(transitionsTo = "returned")
		void shipped() {
		}

		@State(transitionsTo = "ordered")
		void returned() {
		}

		@State
		void cancelled() {
		}

	}

}
