package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Until;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs contexts with a {@link Shop}, a handler that is a machine. */
abstract class ShopTestSupport {

	static final Duration LONG = Duration.ofSeconds(20);

	final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(GreenSchedulerAutoConfiguration.class, StateAutoConfiguration.class, DeferredAutoConfiguration.class));

	void with(Class<?> bean, Consumer<ApplicationContext> test) {
		String name = StringUtils.uncapitalize(bean.getSimpleName());
		this.runner.withBean(name, bean).run((context) -> {
			assertThat(context).hasNotFailed();
			test.accept(context);
		});
	}

	static StateMachine machine(ApplicationContext context, Object bean) {
		return context.getBean(StateMachines.class).of(bean);
	}

	static void rests(StateMachine machine, String state) throws InterruptedException {
		assertThat(machine.awaitState(state, LONG)).isTrue();
		assertThat(machine.awaitRest(LONG)).isTrue();
		assertThat(machine.current()).isEqualTo(state);
	}

	static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(20, TimeUnit.SECONDS);
	}

	void withShop(ShopTest test) {
		with(Shop.class, (context) -> {
			Shop shop = context.getBean(Shop.class);
			try {
				test.run(shop, machine(context, shop), context);
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		});
	}

	@SuppressWarnings("unchecked")
	static Deferred<Shop> handle(ApplicationContext context) {
		return (Deferred<Shop>) context.getBean("shop.deferred");
	}

	static void awaitQueued(ApplicationContext context) {
		Until.until("the call to come", () -> handle(context).calls().pending() != 0);
	}

}
