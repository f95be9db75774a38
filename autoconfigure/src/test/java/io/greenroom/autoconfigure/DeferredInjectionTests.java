package io.greenroom.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/** Which handle of which handler is injected. */
@Timeout(60)
class DeferredInjectionTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				TaskExecutionAutoConfiguration.class));

	@Test
	@DisplayName("D41 two beans of one class have a mailbox each, and qualifier and primary choose the handle")
	void qualifiersChoose() {
		this.runner.withUserConfiguration(TwoInventories.class, Chooser.class).run((context) -> {
			Chooser chooser = context.getBean(Chooser.class);
			Inventory north = context.getBean("north", Inventory.class);
			Inventory south = context.getBean("south", Inventory.class);
			assertThat(north.thread()).isNotSameAs(south.thread());
			assertThat(chooser.unnamed.sync().thread()).isSameAs(north.thread());
			assertThat(chooser.southern.sync().thread()).isSameAs(south.thread());
			assertThat(chooser.all).hasSize(2);
			assertThat(chooser.byName.get("south.deferred").sync().thread()).isSameAs(south.thread());
			assertThat(chooser.provider.getObject().sync().thread()).isSameAs(north.thread());
			assertThat(chooser.lazy.sync().thread()).isSameAs(north.thread());
			assertThat(chooser.missing).isEmpty();
		});
	}

	@Test
	@DisplayName("D32 providers and collections of handles find those that an interface names, or none")
	void providersByInterface() {
		this.runner.withUserConfiguration(Loud.class, Soft.class, Voices.class).run((context) -> {
			Voices voices = context.getBean(Voices.class);
			assertThat(voices.provider.orderedStream().map((voice) -> voice.sync().say("Hi")))
				.containsExactlyInAnyOrder("HI", "hi");
			assertThat(voices.provider.getIfUnique()).isNull();
			assertThat(voices.all.getObject()).hasSize(2);
		});
		this.runner.withUserConfiguration(Voices.class).run((context) -> {
			Voices voices = context.getBean(Voices.class);
			assertThat(voices.provider.getIfAvailable()).isNull();
			assertThat(voices.provider.stream()).isEmpty();
		});
	}

	@Test
	@DisplayName("A02 a user's own Deferred bean is injected, also where there is a handler of its type")
	void ownDeferred() {
		this.runner.withUserConfiguration(OwnDeferred.class, WantsDeferredOfText.class, Inventory.class, Asking.class)
			.run((context) -> {
				assertThat(context.getBean(WantsDeferredOfText.class)).isNotNull();
				assertThat(context.getBean(Asking.class).deferred).isSameAs(context.getBean("ownInventory"));
			});
	}

	@Test
	@DisplayName("D41 a handle of what a scope holds says why there is none")
	void deferredOfAScope() {
		this.runner.withUserConfiguration(ScopedInventory.class, Asking.class)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("the bean stands for all handlers of its scope"));
	}

	@Test
	@DisplayName("D32 Deferred of a bean that is no handler says so")
	void deferredOfAnOrdinaryBean() {
		this.runner.withBean("text", StringBuilder.class)
			.withUserConfiguration(WantsDeferredOfText.class)
			.run((context) -> assertThat(context.getStartupFailure()).hasRootCauseMessage(
					"Deferred<StringBuilder> was requested, but java.lang.StringBuilder is not a handler;"
							+ " annotate it with @DeferredHandler"));
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoInventories {

		@Bean
		@Primary
		Inventory north() {
			return new Inventory();
		}

		@Bean
		@Qualifier("warm")
		Inventory south() {
			return new Inventory();
		}

	}

	static class Chooser {

		final Deferred<Inventory> unnamed;

		final Deferred<Inventory> southern;

		final List<Deferred<Inventory>> all;

		final Map<String, Deferred<Inventory>> byName;

		final ObjectProvider<Deferred<Inventory>> provider;

		final Deferred<Inventory> lazy;

		final Optional<Deferred<Voice>> missing;

		Chooser(Deferred<Inventory> unnamed, @Qualifier("warm") Deferred<Inventory> southern,
				List<Deferred<Inventory>> all, Map<String, Deferred<Inventory>> byName,
				ObjectProvider<Deferred<Inventory>> provider, @Lazy Deferred<Inventory> lazy,
				Optional<Deferred<Voice>> missing) {
			this.unnamed = unnamed;
			this.southern = southern;
			this.all = all;
			this.byName = byName;
			this.provider = provider;
			this.lazy = lazy;
			this.missing = missing;
		}

	}

	@DeferredHandler
	static class Soft implements Voice {

		@Override
		public String say(String text) {
			return text.toLowerCase(java.util.Locale.ROOT);
		}

		@Override
		public Thread thread() {
			return Thread.currentThread();
		}

	}

	static class Voices {

		final ObjectProvider<Deferred<Voice>> provider;

		final ObjectProvider<List<Deferred<Voice>>> all;

		Voices(ObjectProvider<Deferred<Voice>> provider, ObjectProvider<List<Deferred<Voice>>> all) {
			this.provider = provider;
			this.all = all;
		}

	}

	static class Asking {

		final Deferred<Inventory> deferred;

		Asking(Deferred<Inventory> deferred) {
			this.deferred = deferred;
		}

	}

	@Configuration
	static class OwnDeferred {

		@Bean
		Deferred<StringBuilder> text() {
			return mock();
		}

		@Bean
		Deferred<Inventory> ownInventory() {
			return mock();
		}

	}

	@Configuration
	static class ScopedInventory {

		@Bean
		static CustomScopeConfigurer scopes() {
			CustomScopeConfigurer scopes = new CustomScopeConfigurer();
			scopes.addScope("thread", new SimpleThreadScope());
			return scopes;
		}

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Inventory scoped() {
			return new Inventory();
		}

	}

	static class WantsDeferredOfText {

		WantsDeferredOfText(Deferred<StringBuilder> text) {
		}

	}

}
