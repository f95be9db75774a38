package io.greenroom.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.Processing;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.state.State;
import io.greenroom.testkit.Until;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Handlers by key as beans. */
@Timeout(60)
class KeyedHandlersTests {

	private final ApplicationContextRunner context = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				StateAutoConfiguration.class))
		.withBean(Ledger.class);

	@Test
	@DisplayName("K03 a bean with a @Key is made once for each key, with its other parameters injected, and initialised")
	void instancesAreBeans() {
		this.context.withUserConfiguration(Account.class, Teller.class).run((running) -> {
			Teller teller = running.getBean(Teller.class);
			Ledger ledger = running.getBean(Ledger.class);
			assertThat(ledger.made).isEmpty();
			assertThat(teller.accounts.get("ann").deposit(5)).isEqualTo(5);
			assertThat(teller.accounts.get("ann").deposit(5)).isEqualTo(10);
			assertThat(teller.accounts.get("bob").deposit(1)).isEqualTo(1);
			assertThat(ledger.made).containsOnlyKeys("ann", "bob").containsValue(1);
			assertThat(teller.accounts.active()).isEqualTo(2);
			assertThat(teller.accounts.passivate("ann")).isTrue();
			assertThat(ledger.ended).containsOnly(Map.entry("ann", 1));
			assertThat(running.getBean(Teller.class).balances.get("ann").balance()).isEqualTo(10);
			assertThat(running.getBeanProvider(Keyed.class).getObject()).isSameAs(teller.accounts);
		});
	}

	@Test
	@DisplayName("K03 a key is given as it is: nothing in it is a placeholder or an expression")
	void keysAreNotEvaluated() {
		this.context.withUserConfiguration(Account.class, Teller.class).run((running) -> {
			Keyed<String, Account> accounts = running.getBean(Teller.class).accounts;
			for (String key : List.of("#{T(java.lang.System).exit(1)}", "${user.home}", "")) {
				assertThat(accounts.get(key).id()).isEqualTo(key);
			}
		});
	}

	@Test
	@DisplayName("K03 an instance is made by a call from @PostConstruct too, while the context starts")
	void earlyCalls() {
		this.context.withUserConfiguration(Account.class, EarlyCaller.class, Teller.class).run((running) -> {
			assertThat(running).hasNotFailed();
			assertThat(running.getBean(EarlyCaller.class).result).isEqualTo(7);
		});
	}

	@Test
	@DisplayName("K04 what a constructor or @PostConstruct method throws is what the caller gets, and nothing of Spring's round it")
	void failuresOfConstructors() {
		this.context.withUserConfiguration(Account.class, Teller.class).run((running) -> {
			Keyed<String, Account> accounts = running.getBean(Teller.class).accounts;
			Ledger ledger = running.getBean(Ledger.class);
			for (String where : List.of("constructor", "init")) {
				ledger.failing = where;
				Throwable failure = catchThrowable(() -> accounts.get("ann").deposit(1));
				assertThat(failure).isSameAs(ledger.failure).hasMessage(where);
				assertThat(accounts.active()).isZero();
			}
			ledger.failing = "";
			assertThat(accounts.get("ann").deposit(1)).isEqualTo(1);
			assertThat(ledger.ended).isEmpty();
		});
	}

	@Test
	@DisplayName("K05 greenroom.keyed.max-active, greenroom.keyed.idle and @DeferredHandler(idle) take effect")
	void settings() {
		this.context.withUserConfiguration(Account.class, Teller.class)
			.withPropertyValues("greenroom.keyed.max-active=2", "greenroom.keyed.idle=100ms")
			.run((running) -> {
				Keyed<String, Account> accounts = running.getBean(Teller.class).accounts;
				Ledger ledger = running.getBean(Ledger.class);
				for (int i = 0; i < 10; i++) {
					accounts.get("key" + i).deposit(1);
					assertThat(accounts.active()).isLessThanOrEqualTo(2);
				}
				Until.until("all to be idle", () -> accounts.active() == 0);
				assertThat(ledger.ended).hasSize(10).doesNotContainValue(2);
			});
		this.context.withUserConfiguration(Visitor.class)
			.withPropertyValues("greenroom.keyed.idle=1h", "visitor.idle=50ms")
			.run((running) -> {
				Keyed<Long, Visitor> visitors = running
					.<Keyed<Long, Visitor>>getBeanProvider(org.springframework.core.ResolvableType
						.forClassWithGenerics(Keyed.class, Long.class, Visitor.class))
					.getObject();
				assertThat(visitors.get(7L).id()).isEqualTo(7);
				Until.until("it to be idle", () -> visitors.active() == 0);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "greenroom.keyed.idle=0s", "greenroom.keyed.idle=-1s", "greenroom.keyed.max-active=0" })
	@DisplayName("A04 a wrong setting of handlers by key stops the start with its key")
	void wrongSettings(String setting) {
		this.context.withUserConfiguration(Account.class, Teller.class)
			.withPropertyValues(setting)
			.run((running) -> assertThat(running.getStartupFailure()).rootCause()
				.hasMessageContaining(setting.substring(0, setting.indexOf('='))));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	@DisplayName("K11 a machine in memory whose timeout is not shorter than its idle time is warned of at the start")
	void timeoutAfterIdle(CapturedOutput output) {
		this.context.withUserConfiguration(Order.class, Desk.class)
			.withPropertyValues("greenroom.keyed.idle=16m")
			.run((running) -> assertThat(output.toString()).doesNotContain("times out after"));
		this.context.withUserConfiguration(Order.class, Desk.class)
			.withPropertyValues("greenroom.keyed.idle=15m")
			.run((running) -> assertThat(output.toString()).contains("State 'waiting'",
					"times out after PT15M, but a key that is idle for PT15M is removed"));
	}

	@Test
	@DisplayName("K11 states of a keyed handler: moved by key, listed by state; a body that runs is not idle, one at rest may go")
	void statesByKey() {
		this.context.withUserConfiguration(Order.class, Desk.class).run((running) -> {
			Keyed<Integer, Order> orders = running.getBean(Desk.class).orders;
			assertThat(orders.in("waiting", 10)).isEmpty();
			orders.get(1).waiting("a");
			orders.get(2).waiting("b");
			Until.until("both to rest", () -> orders.in("waiting", 10).size() == 2);
			assertThat(orders.in("waiting", 1)).singleElement().satisfies((entry) -> {
				assertThat(entry.key()).isEqualTo(1);
				assertThat(entry.deadline()).isEqualTo(entry.since().plusSeconds(900));
			});
			assertThat(orders.get(1).what()).isEqualTo("a");
			assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> orders.get(3).packing());
			orders.get(1).packing();
			Until.until("a body to run", () -> orders.entry(1).orElseThrow().state().equals("packing"));
			assertThat(orders.passivate(1)).as("its body runs").isFalse();
			orders.deferred(1).oneway().note();
			running.getBean(Ledger.class).mayEnd.countDown();
			Until.until("it to end", () -> orders.passivate(1));
			assertThat(orders.passivate(2)).as("it rests").isTrue();
			assertThat(orders.entry(2)).isEmpty();
			assertThat(orders.get(1).what()).as("another instance").isNull();
			assertThat(catchThrowable(() -> orders.in("lost", 1))).hasMessageContaining("'lost'")
				.hasMessageContaining("waiting");
		});
	}

	@Test
	@DisplayName("K12 a context that closes ends all instances, each once, before what was injected into them")
	void closing() {
		this.context.withUserConfiguration(Account.class, Teller.class).run((running) -> {
			Keyed<String, Account> accounts = running.getBean(Teller.class).accounts;
			Ledger ledger = running.getBean(Ledger.class);
			for (int i = 0; i < 500; i++) {
				accounts.get("key" + i).deposit(1);
			}
			accounts.get("key7").slow();
			running.close();
			assertThat(ledger.ended).hasSize(500).doesNotContainValue(2);
			assertThat(ledger.endedLate).isFalse();
			assertThat(ledger.slow).isTrue();
			assertThat(catchThrowable(() -> accounts.get("key1").deposit(1)))
				.isInstanceOf(HandlerStoppedException.class);
		});
	}

	@Test
	@DisplayName("K13 everything that keeps handlers from having keys is in one report, with its remedy")
	void invalidHandlers() {
		this.context
			.withUserConfiguration(Looping.class, Manual.class, OnCaller.class, Dropping.class, TwoKeys.class,
					WrongKey.class, TwoConstructors.class, NoHandler.class, Scoped.class, Listening.class, Beans.class,
					NotKeyed.class)
			.run((running) -> {
				assertThat(running).hasFailed();
				assertThat(running.getStartupFailure()).isInstanceOf(InvalidHandlersException.class)
					.hasMessageContaining("@ProcessingLoop")
					.hasMessageContaining("processing = MANUAL")
					.hasMessageContaining("execution = CALLER_WHEN_IDLE")
					.hasMessageContaining("overflow = DROP_OLDEST")
					.hasMessageContaining("2 parameters of its constructor")
					.hasMessageContaining("java.math.BigDecimal")
					.hasMessageContaining("2 constructors")
					.hasMessageContaining("not annotated with @DeferredHandler")
					.hasMessageContaining("scope 'session'")
					.hasMessageContaining("@EventListener")
					.hasMessageContaining("@Bean method")
					.hasMessageContaining("has no @Key");
				assertThat(((InvalidHandlersException) running.getStartupFailure()).beans()).hasSize(12);
			});
	}

	@Test
	@DisplayName("K13 to inject or look up the class itself fails with what is to be injected")
	void theClassItself() {
		this.context.withUserConfiguration(Account.class, Naive.class)
			.run((running) -> assertThat(running.getStartupFailure()).rootCause()
				.hasMessageContaining("inject Keyed<String, Account>"));
		this.context.withUserConfiguration(Account.class)
			.run((running) -> assertThat(catchThrowable(() -> running.getBean(Account.class))).rootCause()
				.hasMessageContaining("inject Keyed<String, Account>"));
		this.context.withUserConfiguration(Account.class, NaiveHandle.class)
			.run((running) -> assertThat(running.getStartupFailure()).rootCause()
				.hasMessageContaining("inject Keyed<String, Account>"));
	}

	@Test
	@DisplayName("K13 a Keyed that there is not says why: no @Key, other keys")
	void missingKeyed() {
		MissingKeyedFailureAnalyzer analyzer = new MissingKeyedFailureAnalyzer();
		this.context.withUserConfiguration(NotKeyedAtAll.class, AsksForUnkeyed.class)
			.run((running) -> assertThat(analyzer.analyze(running.getStartupFailure()).getDescription())
				.contains("Keyed<String, NotKeyedAtAll>")
				.contains("no @Key"));
		this.context.withUserConfiguration(Account.class, AsksForWrongKeys.class)
			.run((running) -> assertThat(analyzer.analyze(running.getStartupFailure()).getDescription())
				.contains("Keyed<Long, Account>")
				.contains("String"));
	}

	/** What accounts need, and what is noticed of them. */
	static class Ledger {

		final Map<String, Integer> made = new ConcurrentHashMap<>();

		final Map<String, Integer> ended = new ConcurrentHashMap<>();

		final Map<String, Integer> stored = new ConcurrentHashMap<>();

		final CountDownLatch mayEnd = new CountDownLatch(1);

		final AtomicBoolean slow = new AtomicBoolean();

		final AtomicBoolean endedLate = new AtomicBoolean();

		volatile String failing = "";

		volatile IllegalStateException failure = new IllegalStateException();

		private volatile boolean destroyed;

		void check(String where) {
			if (this.failing.equals(where)) {
				this.failure = new IllegalStateException(where);
				throw this.failure;
			}
		}

		void ended(String key, int value) {
			this.endedLate.compareAndSet(false, this.destroyed);
			this.stored.put(key, value);
			this.ended.merge(key, 1, Integer::sum);
		}

		@PreDestroy
		void destroyed() {
			this.destroyed = true;
		}

	}

	/** What can be asked of an account. */
	interface Balance {

		int balance();

	}

	@DeferredHandler
	static class Account implements Balance {

		private final String id;

		private final Ledger ledger;

		private int amount;

		Account(@Key String id, Ledger ledger) {
			this.id = id;
			this.ledger = ledger;
			ledger.check("constructor");
			this.amount = ledger.stored.getOrDefault(id, 0);
		}

		@PostConstruct
		void init() {
			this.ledger.check("init");
			this.ledger.made.merge(this.id, 1, Integer::sum);
		}

		int deposit(int more) {
			this.amount += more;
			return this.amount;
		}

		String id() {
			return this.id;
		}

		@Override
		public int balance() {
			return this.amount;
		}

		@Oneway
		void slow() throws InterruptedException {
			TimeUnit.MILLISECONDS.sleep(50);
			this.ledger.slow.set(true);
		}

		@PreDestroy
		void end() {
			this.ledger.ended(this.id, this.amount);
		}

	}

	static class Teller {

		final Keyed<String, Account> accounts;

		final Keyed<String, Balance> balances;

		Teller(Keyed<String, Account> accounts, Keyed<String, Balance> balances) {
			this.accounts = accounts;
			this.balances = balances;
		}

	}

	static class EarlyCaller {

		private final Keyed<String, Account> accounts;

		private int result;

		EarlyCaller(Keyed<String, Account> accounts) {
			this.accounts = accounts;
		}

		@PostConstruct
		void call() {
			this.result = this.accounts.get("early").deposit(7);
		}

	}

	@DeferredHandler(idle = "${visitor.idle}")
	static class Visitor {

		private final long id;

		Visitor(@Key long id) {
			this.id = id;
		}

		long id() {
			return this.id;
		}

	}

	@DeferredHandler
	static class Order {

		private final Ledger ledger;

		private final AtomicInteger notes = new AtomicInteger();

		private String what;

		Order(@Key Integer id, Ledger ledger) {
			this.ledger = ledger;
		}

		@State(initial = true, transitionsTo = "packing", timeout = "15m", onTimeout = "packing")
		void waiting(String what) {
			this.what = what;
		}

		@State
		void packing() {
			try {
				this.ledger.mayEnd.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		String what() {
			return this.what;
		}

		void note() {
			this.notes.incrementAndGet();
		}

	}

	static class Desk {

		final Keyed<Integer, Order> orders;

		Desk(Keyed<Integer, Order> orders) {
			this.orders = orders;
		}

	}

	static class Naive {

		Naive(Account account) {
		}

	}

	static class NaiveHandle {

		NaiveHandle(Deferred<Account> account) {
		}

	}

	@DeferredHandler
	static class NotKeyedAtAll {

	}

	static class AsksForUnkeyed {

		AsksForUnkeyed(Keyed<String, NotKeyedAtAll> missing) {
		}

	}

	static class AsksForWrongKeys {

		AsksForWrongKeys(Keyed<Long, Account> missing) {
		}

	}

	@DeferredHandler
	static class Looping {

		Looping(@Key String id) {
		}

		@ProcessingLoop
		void loop(DeferredCalls calls) {
			calls.processForever();
		}

	}

	@DeferredHandler(processing = Processing.MANUAL)
	static class Manual {

		Manual(@Key String id) {
		}

	}

	@DeferredHandler(execution = Execution.CALLER_WHEN_IDLE)
	static class OnCaller {

		OnCaller(@Key String id) {
		}

	}

	@DeferredHandler(overflow = Overflow.DROP_OLDEST)
	static class Dropping {

		Dropping(@Key String id) {
		}

	}

	@DeferredHandler
	static class TwoKeys {

		TwoKeys(@Key String id, @Key Long number) {
		}

	}

	@DeferredHandler
	static class WrongKey {

		WrongKey(@Key java.math.BigDecimal id) {
		}

	}

	@DeferredHandler
	static class TwoConstructors {

		TwoConstructors(@Key String id) {
		}

		TwoConstructors() {
		}

	}

	static class NoHandler {

		NoHandler(@Key String id) {
		}

	}

	@DeferredHandler
	@Scope("session")
	static class Scoped {

		Scoped(@Key String id) {
		}

	}

	@DeferredHandler
	static class Listening {

		Listening(@Key String id) {
		}

		@EventListener
		void hear(String event) {
		}

	}

	@DeferredHandler
	static class FromMethod {

		FromMethod(@Key String id) {
		}

	}

	@DeferredHandler(idle = "5s")
	static class NotKeyed {

	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		FromMethod fromMethod(BeanFactory beans) {
			return new FromMethod(beans.toString());
		}

	}

}
