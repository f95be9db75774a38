package io.greenroom.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.deferred.Restart;
import io.greenroom.spring.InvalidHandlersException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * What is said about handlers that undo their own mailbox, and about those that are none.
 */
@Timeout(60)
class GuardRailsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.log.start();
		((Logger) LoggerFactory.getLogger(Deferred.class)).addAppender(this.log);
	}

	@AfterEach
	void stopListening() {
		((Logger) LoggerFactory.getLogger(Deferred.class)).detachAppender(this.log);
	}

	private List<String> warnings() {
		return this.log.list.stream()
			.filter((event) -> event.getLevel() == Level.WARN)
			.map(ILoggingEvent::getFormattedMessage)
			.toList();
	}

	@Test
	@DisplayName("D32 synchronized methods, public mutable fields and self-injection are named in one warning, with the remedies")
	void warnsOfWhatUndoesTheMailbox() {
		this.runner.withUserConfiguration(Careless.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(warnings()).singleElement()
				.asString()
				.contains("Careless", "lock(String) is synchronized", "remove 'synchronized'", "'count' is public",
						"make it private", "'names' is public and holds a List",
						"the field 'self' is the handler itself", "the field 'provider' is the handler itself",
						"parameter 1 of the constructor", "greenroom.deferred.strict=true")
				.doesNotContain("'LIMIT'", "'handle'");
		});
	}

	@Test
	@DisplayName("D32 with strict they stop the start, with an analysis")
	void strictStopsTheStart() {
		this.runner.withPropertyValues("greenroom.deferred.strict=true")
			.withUserConfiguration(Careless.class)
			.run((context) -> assertThat(description(context.getStartupFailure())).contains("Careless",
					"lock(String) is synchronized", "'count' is public", "greenroom.deferred.strict is on"));
	}

	@Test
	@DisplayName("D32 a careful handler is not warned of, nor one that gets another bean of its interface")
	void carefulHandlers() {
		this.runner.withPropertyValues("greenroom.deferred.strict=true")
			.withUserConfiguration(Careful.class, Decorator.class)
			.run((context) -> {
				Careful careful = context.getBean(Careful.class);
				careful.name("a");
				assertThat(careful.copy()).containsExactly("a");
				assertThat(careful.shared()).isEmpty();
				assertThat(careful.fixed()).isEmpty();
				assertThat(careful.none()).isNull();
				assertThat(warnings()).isEmpty();
			});
	}

	@Test
	@DisplayName("D32 a body that returns the handler's own collection, array or view is warned of once for each method")
	void handedOut() {
		this.runner.withUserConfiguration(Leaking.class).run((context) -> {
			Leaking leaking = context.getBean(Leaking.class);
			for (int i = 0; i < 3; i++) {
				leaking.list();
				leaking.array();
				leaking.values();
				leaking.later();
				leaking.copy();
			}
			assertThat(warnings()).hasSize(4)
				.allSatisfy((line) -> assertThat(line).contains("return a copy"))
				.anySatisfy((line) -> assertThat(line).contains("Leaking.list", "'list'", "ArrayList"))
				.anySatisfy((line) -> assertThat(line).contains("Leaking.array", "'array'", "int[]"))
				.anySatisfy((line) -> assertThat(line).contains("Leaking.values", "'map'"))
				.anySatisfy((line) -> assertThat(line).contains("Leaking.later", "'later'"));
		});
	}

	@Test
	@DisplayName("D32 with strict every such call is an error to its caller, through the bean and the handle")
	void strictRejectsWhatIsHandedOut() {
		this.runner.withPropertyValues("greenroom.deferred.strict=true")
			.withUserConfiguration(Leaking.class)
			.run((context) -> {
				Leaking leaking = context.getBean(Leaking.class);
				for (int i = 0; i < 3; i++) {
					assertThatIllegalStateException().isThrownBy(leaking::list)
						.withMessageContaining("'list'")
						.withMessageContaining("greenroom.deferred.strict");
				}
				@SuppressWarnings("unchecked")
				Deferred<Leaking> handle = context.getBean(Deferred.class);
				assertThatIllegalStateException().isThrownBy(() -> handle.sync().array());
				assertThat(leaking.copy()).isEmpty();
			});
	}

	@ParameterizedTest
	@ValueSource(classes = { StrayOneway.class, StrayLoop.class, StrayReadOnly.class })
	@DisplayName("D32 handlers' annotations on the methods of a class that is no handler stop the start and say so")
	void strayAnnotations(Class<?> stray) {
		this.runner.withUserConfiguration(stray)
			.run((context) -> assertThat(description(context.getStartupFailure())).contains(stray.getSimpleName(),
					"the class is not annotated with @DeferredHandler", "annotate the class"));
	}

	@Test
	@DisplayName("A04 wrong values of the annotation stop the start with an analysis, those of all handlers at once")
	void wrongAttributes() {
		this.runner.withUserConfiguration(WrongTimeout.class, WrongCapacity.class, WrongRestart.class)
			.run((context) -> assertThat(description(context.getStartupFailure())).contains("WrongTimeout",
					"@DeferredHandler(timeout)", "'soon'", "a positive duration such as 200ms", "WrongCapacity",
					"@DeferredHandler(capacity)", "'-1'", "WrongRestart", "restart.period"));
		this.runner.withPropertyValues("how.long=2s")
			.withUserConfiguration(WrongTimeout.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisplayName("D32 a bean method that declares an interface gives its handler a Deferred bean too, once it is made")
	void beanMethodWithAnInterface() {
		this.runner.withUserConfiguration(ByInterface.class).run((context) -> {
			assertThat(context.getBean("port.deferred")).isInstanceOf(Deferred.class);
			assertThat(context.getBeanProvider(PortUser.class).getObject().port.sync().thread())
				.isSameAs(context.getBean(Port.class).thread())
				.isNotSameAs(Thread.currentThread());
		});
	}

	@Test
	@DisplayName("D32 Deferred of a mock that replaces a handler is injected, and leads to the mock on the caller's thread")
	void mocksOfHandlers() {
		Leaking mocked = mock();
		this.runner.withInitializer((context) -> context.getBeanFactory().registerSingleton("leaking", mocked))
			.withUserConfiguration(LeakingUser.class)
			.run((context) -> {
				Deferred<Leaking> handle = context.getBean(LeakingUser.class).handle;
				handle.oneway().copy();
				handle.sync().list();
				assertThat(handle.async(Leaking::array)).isCompletedWithValue(null);
				verify(mocked).copy();
				verify(mocked).list();
				verify(mocked).array();
				assertThatIllegalStateException().isThrownBy(handle::calls).withMessageContaining("no mailbox");
			});
	}

	private static String description(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InvalidHandlersException) {
				return new InvalidHandlersFailureAnalyzer().analyze(cause).getDescription();
			}
		}
		throw new AssertionError("No analysis of the failure", failure);
	}

	@DeferredHandler
	static class Careless {

		public static final int LIMIT = 3;

		public int count;

		public final List<String> names = new ArrayList<>();

		@Autowired
		@Lazy
		Careless self;

		@Autowired
		ObjectProvider<Careless> provider;

		@Autowired
		@Lazy
		Deferred<Careless> handle;

		Careless(@Lazy Careless me) {
		}

		synchronized void lock(String what) {
		}

	}

	interface Named {

		void name(String name);

	}

	@DeferredHandler
	static class Careful implements Named {

		private final List<String> names = new ArrayList<>();

		private final Set<String> shared = ConcurrentHashMap.newKeySet();

		private final List<String> fixed = List.of();

		@Override
		public void name(String name) {
			this.names.add(name);
		}

		List<String> copy() {
			return List.copyOf(this.names);
		}

		Set<String> shared() {
			return this.shared;
		}

		List<String> fixed() {
			return this.fixed;
		}

		List<String> none() {
			return null;
		}

	}

	@DeferredHandler
	static class Decorator implements Named {

		private final ObjectProvider<Named> others;

		Decorator(ObjectProvider<Named> others) {
			this.others = others;
		}

		@Override
		public void name(String name) {
			this.others.stream().forEach((other) -> other.name(name));
		}

	}

	@DeferredHandler
	static class Leaking {

		private final List<String> list = new ArrayList<>();

		private final int[] array = new int[1];

		private final Map<String, String> map = new HashMap<>();

		private List<String> later;

		private int calls;

		List<String> list() {
			return this.list;
		}

		int[] array() {
			return this.array;
		}

		java.util.Collection<String> values() {
			return this.map.values();
		}

		/** Nothing to see at the first call. */
		List<String> later() {
			if (this.calls++ > 0) {
				this.later = new ArrayList<>();
			}
			return this.later;
		}

		List<String> copy() {
			return new ArrayList<>(this.list);
		}

	}

	static class LeakingUser {

		final Deferred<Leaking> handle;

		LeakingUser(Deferred<Leaking> handle) {
			this.handle = handle;
		}

	}

	static class StrayOneway {

		@Oneway
		void restock() {
		}

	}

	static class StrayLoop {

		@ProcessingLoop
		void run(DeferredCalls calls) {
		}

	}

	static class StrayReadOnly extends StrayBase {

	}

	static class StrayBase {

		@ReadOnly
		int look() {
			return 0;
		}

	}

	@DeferredHandler(timeout = "${how.long:soon}")
	static class WrongTimeout {

	}

	@DeferredHandler(capacity = -1)
	static class WrongCapacity {

	}

	@DeferredHandler(restart = @Restart(limit = 1, period = "0s"))
	static class WrongRestart {

	}

	interface Port {

		Thread thread();

	}

	@DeferredHandler
	static class PortHandler implements Port {

		@Override
		public Thread thread() {
			return Thread.currentThread();
		}

	}

	static class PortUser {

		final Deferred<Port> port;

		PortUser(Deferred<Port> port) {
			this.port = port;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByInterface {

		@Bean
		Port port() {
			return new PortHandler();
		}

		@Bean
		PortUser portUser(Deferred<Port> port) {
			return new PortUser(port);
		}

	}

}
