package io.greenroom.spring.internal;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/** What a handler's bean does when it is printed, compared, or put into a set. */
@Timeout(60)
class BeanIdentityTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource({ "plain, true", "other, true", "plain, false", "other, false" })
	@DisplayName("F13 D32 toString, equals and hashCode of a bean never run the target's own, and tell beans apart")
	void ownMethodsDoNotRun(String name, boolean byClass) {
		this.runner.withPropertyValues("spring.aop.proxy-target-class=" + byClass)
			.withBean("plain", Desk.class)
			.withBean("other", OtherDesk.class)
			.run((context) -> {
				Work bean = context.getBean(name, Work.class);
				Work another = context.getBean(name.equals("plain") ? "other" : "plain", Work.class);
				assertThat(bean.toString()).isEqualTo("Handler[" + name + "]");
				assertThat(bean.hashCode()).isEqualTo(bean.hashCode());
				assertThat(bean.equals(bean)).isTrue();
				assertThat(bean.equals(another)).isFalse();
				assertThat(bean.equals(null)).isFalse();
				assertThat(bean.equals("text")).isFalse();
				Set<Object> beans = new HashSet<>(List.of(bean, another));
				beans.add(bean);
				assertThat(beans).hasSize(2).contains(bean, another);
				// In a body the object is as it was written.
				assertThat(bean.own()).isEqualTo("mine, 1");
			});
	}

	interface Work {

		String own();

		@Override
		String toString();

		@Override
		boolean equals(Object other);

		@Override
		int hashCode();

	}

	@DeferredHandler
	static class Desk implements Work {

		private final AtomicInteger ran = new AtomicInteger();

		@Override
		public String own() {
			return toString();
		}

		@Override
		public String toString() {
			return "mine, " + this.ran.incrementAndGet();
		}

		@Override
		public boolean equals(Object other) {
			this.ran.incrementAndGet();
			return other instanceof Desk;
		}

		@Override
		public int hashCode() {
			return this.ran.incrementAndGet();
		}

	}

	@DeferredHandler
	static class OtherDesk extends Desk {

	}

}
