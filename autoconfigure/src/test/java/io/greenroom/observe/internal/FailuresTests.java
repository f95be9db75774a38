package io.greenroom.observe.internal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.testkit.Unusual;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class FailuresTests {

	private final Logger log = (Logger) LoggerFactory.getLogger(FailuresTests.class);

	private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.log.setAdditive(false);
		this.log.addAppender(this.logged);
		this.logged.start();
	}

	@AfterEach
	void unlisten() {
		this.log.detachAppender(this.logged);
		this.log.setAdditive(true);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F02 whatever a throwable does when it is asked, it is logged once, with its class, and briefly")
	void logsAny(Unusual unusual) {
		Throwable failure = unusual.make();
		Failures.log(this.log, org.slf4j.event.Level.WARN, failure, "{} failed", "a body");
		assertThat(this.logged.list).hasSize(1);
		ILoggingEvent event = this.logged.list.getFirst();
		assertThat(event.getLevel()).isEqualTo(Level.WARN);
		String text = new ch.qos.logback.classic.pattern.ThrowableProxyConverter() {
			String of(ILoggingEvent told) {
				start();
				return told.getFormattedMessage() + throwableProxyToString(told.getThrowableProxy());
			}
		}.of(event);
		assertThat(text).startsWith("a body failed").contains(failure.getClass().getName());
		assertThat(text.length()).isLessThan(1_000_000);
	}

	@Test
	@DisplayName("F02 an ordinary throwable is logged as it is")
	void logsPlainOnesAsTheyAre() {
		RuntimeException shared = new RuntimeException("shared");
		IllegalStateException failure = new IllegalStateException("plain", shared);
		failure.addSuppressed(new RuntimeException("another", shared));
		Failures.log(this.log, org.slf4j.event.Level.ERROR, failure, "told");
		assertThat(this.logged.list.getFirst().getThrowableProxy())
			.extracting((proxy) -> ((ch.qos.logback.classic.spi.ThrowableProxy) proxy).getThrowable())
			.isSameAs(failure);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F02 a walk along causes ends, and so does all else that is asked of a throwable")
	void asksAny(Unusual unusual) {
		Throwable failure = unusual.make();
		assertThat(Failures.causes(failure)).startsWith(failure).hasSizeLessThanOrEqualTo(50);
		assertThat(Failures.describe(failure)).startsWith(failure.getClass().getName());
		Failures.suppress(failure, new RuntimeException());
		Failures.suppress(failure, failure);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 foreign code may throw anything: it is logged once, and the step goes on")
	void fencesAny(Unusual unusual) {
		assertThat(ForeignCode.run(this.log, "A listener", unusual::raise)).isFalse();
		assertThat(ForeignCode.ask(this.log, "A supplier", "fallback", unusual::raise)).isEqualTo("fallback");
		assertThat(this.logged.list).hasSize(2)
			.allSatisfy((event) -> assertThat(event.getFormattedMessage()).contains("failed and was skipped"));
		assertThat(Thread.interrupted()).isEqualTo(unusual == Unusual.INTERRUPTED);
	}

	@Test
	void foreignCodeThatReturnsIsLeftAlone() {
		assertThat(ForeignCode.run(this.log, "A listener", () -> {
		})).isTrue();
		assertThat(ForeignCode.<String>ask(this.log, "A supplier", "fallback", () -> "answer")).isEqualTo("answer");
		assertThat(this.logged.list).isEmpty();
	}

}
