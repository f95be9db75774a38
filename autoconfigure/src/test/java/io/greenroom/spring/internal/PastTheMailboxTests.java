package io.greenroom.spring.internal;

import java.util.List;
import java.util.Objects;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.user.Drawer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/** Members of a handler that its proxy can't take over are told of at the start. */
@Timeout(60)
class PastTheMailboxTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	@Test
	@DisplayName("F13 a package-private method inherited from another package is warned of, in strict mode too")
	void hiddenMethods() {
		assertThat(warnings(Till.class, false)).singleElement()
			.asString()
			.contains("coins()", Drawer.class.getName(), "make it public or protected");
		assertThat(warnings(Till.class, true)).hasSize(1);
	}

	@Test
	@DisplayName("F13 an annotation on such a method would have no effect, and stops the start")
	void annotatedHiddenMethods() {
		this.runner.withUserConfiguration(AnnotatedTill.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(InvalidHandlersException.class,
						(failure) -> assertThat(failure.beans().values()).singleElement()
							.satisfies((invalid) -> assertThat(invalid.problems()).singleElement()
								.asString()
								.contains("clear()", "make it public or protected"))));
	}

	@Test
	@DisplayName("F13 fields that are not private are warned of, but for injected ones; so are inherited ones")
	void fields() {
		assertThat(warnings(Fields.class, false)).singleElement()
			.asString()
			.contains("'total', 'name', 'inherited': not private")
			.doesNotContain("environment", "shared", "MOST");
	}

	@Test
	@DisplayName("F13 a class round a handler that uses its private methods and fields is named")
	void nestMates() {
		assertThat(warnings(Nest.Inside.class, false)).singleElement()
			.asString()
			.contains(Nest.class.getName() + " uses the private secret(), value:", "not private")
			.doesNotContain("unused");
	}

	@ParameterizedTest
	@ValueSource(classes = { OpenTill.class, Plain.class, Accessors.class, WithInnerClasses.class })
	@DisplayName("F13 nothing is said of methods made public below, private fields and constants, generated accessors, records and classes inside the handler")
	void innocents(Class<?> handler) {
		assertThat(warnings(handler, false)).isEmpty();
		assertThat(warnings(handler, true)).isEmpty();
	}

	private List<String> warnings(Class<?> handler, boolean strict) {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		Logger source = (Logger) LoggerFactory.getLogger(Deferred.class);
		log.start();
		source.addAppender(log);
		try {
			this.runner.withPropertyValues("greenroom.deferred.strict=" + strict)
				.withUserConfiguration(handler)
				.run((context) -> assertThat(context).hasNotFailed());
		}
		finally {
			source.detachAppender(log);
		}
		return log.list.stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((line) -> line.contains("can be bypassed"))
			.toList();
	}

	@DeferredHandler
	static class Till extends Drawer {

		public void open() {
			// Nothing to do.
		}

	}

	@DeferredHandler
	static class OpenTill extends Drawer.Open {

	}

	@DeferredHandler
	static class AnnotatedTill extends Drawer.Annotated {

		public void open() {
			// Nothing to do.
		}

	}

	static class WithField {

		@Nullable String inherited;

	}

	@DeferredHandler
	static class Fields extends WithField {

		static final int MOST = 3;

		static int shared;

		int total;

		protected @Nullable String name;

		@Autowired
		@Nullable Environment environment;

		public void add() {
			this.total = Math.min(this.total + 1, MOST);
		}

	}

	static class Nest {

		static int peek(Inside inside) {
			return inside.secret() + inside.value;
		}

		@DeferredHandler
		static class Inside {

			private int value;

			private final int unused = 1;

			public int open() {
				return this.value + this.unused;
			}

			private int secret() {
				return this.value++;
			}

		}

	}

	@DeferredHandler
	static class Plain {

		static final int MOST = 3;

		private static final List<String> NAMES = List.of("a");

		private final List<String> names = List.copyOf(NAMES);

		private int total;

		public int add() {
			this.total = next();
			return this.names.size() + this.total;
		}

		private int next() {
			return Math.min(this.total + 1, MOST);
		}

	}

	/** As generated from annotations of Lombok's. */
	@DeferredHandler
	static class Accessors {

		private int total;

		private @Nullable String name;

		public int getTotal() {
			return this.total;
		}

		public void setTotal(int total) {
			this.total = total;
		}

		protected boolean canEqual(Object other) {
			return other instanceof Accessors;
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Accessors that && that.canEqual(this) && Objects.equals(this.name, that.name);
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.name);
		}

		@Override
		public String toString() {
			return "Accessors(" + this.name + ")";
		}

	}

	@DeferredHandler
	static class WithInnerClasses {

		private int total;

		public Sum sum() {
			Runnable adds = () -> this.total++;
			adds.run();
			return new Counting().count(this);
		}

		private int half() {
			return this.total / 2;
		}

		record Sum(int value) {

		}

		static class Counting {

			Sum count(WithInnerClasses handler) {
				return new Sum(handler.half() + handler.total);
			}

		}

	}

}
