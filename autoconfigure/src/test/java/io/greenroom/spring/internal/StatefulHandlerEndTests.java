package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.WrongStateException;
import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenScheduler;
import io.greenroom.state.StateMachine;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Calls of a handler whose machine, handler or context ends. */
@Timeout(120)
class StatefulHandlerEndTests extends ShopTestSupport {

	private static Throwable failure(CompletableFuture<?> future) throws Exception {
		try {
			return new AssertionError("No failure but " + get(future));
		}
		catch (ExecutionException ex) {
			return ex.getCause();
		}
	}

	@Test
	@DisplayName("S22 a call whose time is over while it is postponed is withdrawn and never runs")
	void withdrawn() {
		withShop((shop, machine, context) -> {
			shop.closed();
			rests(machine, "closed");
			assertThatExceptionOfType(DeferredTimeoutException.class)
				.isThrownBy(() -> handle(context).sync(Duration.ofMillis(30)).sell("late"))
				.withMessageContaining("withdrawn");
			CompletableFuture<String> cancelled = shop.order("never");
			cancelled.cancel(false);
			shop.open();
			assertThat(shop.sell("now")).isEqualTo("now");
			assertThat(((Shop) machine.target()).log).containsExactly("closed", "open", "sell now");
			assertThat(handle(context).calls().pending()).isZero();
		});
	}

	@Test
	@DisplayName("S22 postponed calls are rejected when the machine is stopped or ends, and those declared for its last state run")
	void ended() {
		withShop((shop, machine, context) -> {
			shop.closed();
			rests(machine, "closed");
			CompletableFuture<String> order = shop.order("tea");
			shop.advertise("tea");
			machine.stop();
			assertThat(failure(order)).isInstanceOf(WrongStateException.class)
				.hasMessageContaining("was stopped in 'closed'");
			assertThat(shop.look()).isEqualTo("look");
			assertThat(handle(context).calls().pending()).isZero();
			shop.closed();
			CompletableFuture<String> mourned = CompletableFuture.supplyAsync(shop::mourn, Thread::startVirtualThread);
			CompletableFuture<String> again = shop.order("tea");
			shop.gone();
			assertThat(get(mourned)).isEqualTo("alas");
			assertThat(failure(again)).isInstanceOf(WrongStateException.class)
				.hasMessageContaining("has ended in 'gone'");
		});
	}

	@Test
	@DisplayName("S22 stopping a machine whose body holds the handler frees it for the calls")
	void stopped() {
		withShop((shop, machine, context) -> {
			shop.closed();
			shop.busy();
			assertThat(((Shop) machine.target()).inside.await(20, TimeUnit.SECONDS)).isTrue();
			CompletableFuture<String> looked = CompletableFuture.supplyAsync(shop::look, Thread::startVirtualThread);
			machine.stop();
			assertThat(get(looked)).isEqualTo("look");
			assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		});
	}

	@Test
	@DisplayName("S22 D31 at shutdown postponed calls are told at once, and the drain does not wait for them")
	void shutdown() {
		withShop((shop, machine, context) -> {
			shop.closed();
			rests(machine, "closed");
			CompletableFuture<String> order = shop.order("tea");
			assertThat(shop.look()).isEqualTo("look");
			long start = System.nanoTime();
			DrainReport report = context.getBean(GreenScheduler.class).drain(Duration.ofSeconds(60));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
			assertThat(failure(order)).isInstanceOf(HandlerStoppedException.class);
			assertThat(report.toString()).contains("shop.order");
		});
	}

	@Test
	@DisplayName("S22 a bean that is destroyed stops its machine before its calls are waited for")
	void destroyed() {
		this.runner.withBean("shop", Shop.class).run((context) -> {
			Shop shop = context.getBean(Shop.class);
			StateMachine machine = machine(context, shop);
			shop.closed();
			shop.busy();
			assertThat(((Shop) machine.target()).inside.await(20, TimeUnit.SECONDS)).isTrue();
			CompletableFuture<String> looked = CompletableFuture.supplyAsync(shop::look, Thread::startVirtualThread);
			awaitQueued(context);
			long start = System.nanoTime();
			((DefaultListableBeanFactory) context.getAutowireCapableBeanFactory()).destroySingleton("shop");
			assertThat(get(looked)).isEqualTo("look");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
			assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		});
	}

}
