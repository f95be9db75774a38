package io.greenroom.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;

import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.internal.Handlers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Handlers that are not singletons made at the start. */
@Timeout(60)
class HandlerScopesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	@Test
	@DisplayName("D41 prototypes have a mailbox each, so that one does not wait for the other")
	void prototypes() {
		this.runner.withUserConfiguration(Prototypes.class).run((context) -> {
			Table one = context.getBean(Table.class);
			Table other = context.getBean(Table.class);
			assertThat(one.thread()).isNotSameAs(other.thread());
			CountDownLatch leave = new CountDownLatch(1);
			CompletableFuture<Void> held = CompletableFuture.runAsync(() -> one.hold(leave));
			assertThat(other.thread().isVirtual()).isTrue();
			assertThat(held).isNotDone();
			leave.countDown();
			held.get(30, TimeUnit.SECONDS);
			Deferred<?> handle = (Deferred<?>) context.getBean("table.deferred");
			assertThat(handle).isNotEqualTo(context.getBean("table.deferred"));
		});
	}

	@Test
	@DisplayName("D41 behind the proxy of a scope each instance has its mailbox; one that its scope removes ends")
	void scopes() {
		this.runner.withUserConfiguration(Scoped.class).run((context) -> {
			Table table = context.getBean("table", Table.class);
			Thread here = table.thread();
			assertThat(here.getName()).startsWith("handler-");
			assertThat(table.thread()).isSameAs(here);
			assertThat(CompletableFuture.supplyAsync(table::thread).get(30, TimeUnit.SECONDS)).isNotSameAs(here);
			Table mine = context.getBean("scopedTarget.table", Table.class);
			int before = context.getBean(Handlers.class).all().size();
			context.getBeanFactory()
				.destroyBean("scopedTarget.table",
						org.springframework.aop.framework.AopProxyUtils.getSingletonTarget(mine));
			assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(mine::thread);
			assertThat(context.getBean(Handlers.class).all()).hasSize(before - 1);
		});
	}

	@Test
	@DisplayName("D41 a lazy handler is not made before its handle is asked for")
	void lazy() {
		this.runner.withUserConfiguration(LateTable.class).run((context) -> {
			assertThat(context.getBeanFactory().containsSingleton("lateTable")).isFalse();
			assertThat(((Deferred<?>) context.getBean("lateTable.deferred")).async(Object::getClass)
				.get(30, TimeUnit.SECONDS)).isNotNull();
			assertThat(context.getBeanFactory().containsSingleton("lateTable")).isTrue();
		});
	}

	@DeferredHandler
	static class Table {

		Thread thread() {
			return Thread.currentThread();
		}

		void hold(CountDownLatch until) {
			try {
				until.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototypes {

		@Bean
		@Scope("prototype")
		Table table() {
			return new Table();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		static CustomScopeConfigurer scopes() {
			CustomScopeConfigurer scopes = new CustomScopeConfigurer();
			scopes.addScope("thread", new SimpleThreadScope());
			return scopes;
		}

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Table table() {
			return new Table();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LateTable {

		@Bean
		@Lazy
		Table lateTable() {
			return new Table();
		}

	}

}
