package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.Observer;
import io.greenroom.spring.internal.GreenSchedulerLifecycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.web.context.reactive.ConfigurableReactiveWebEnvironment;

/** The scheduler and what ends it. */
final class SchedulerBeans extends SuppliedBeans {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	static final String SCHEDULER = "greenScheduler";

	private static final String EXECUTOR = "greenSchedulerExecutor";

	private static final String RELIEF = "greenroomCarrierRelief";

	private static final String WATCH = "greenroom.watch";

	@Override
	void register(Registration registration, Environment environment) {
		if (registration.lacksAnywhere(GreenScheduler.class)) {
			registration.addLazy(SCHEDULER, GreenScheduler.class, LazySchedulerBeans.class);
		}
		if (!registration.hasAnywhere(EXECUTOR)) {
			// Not an autowire candidate without its qualifier, because Boot's own
			// executors would back off from it.
			RootBeanDefinition executor = registration.addLazy(EXECUTOR, AsyncTaskExecutor.class,
					LazySchedulerBeans.class);
			executor.setDefaultCandidate(false);
			executor.addQualifier(new AutowireCandidateQualifier(Qualifier.class, SCHEDULER));
		}
		if (registration.lacksAnywhere(GreenSchedulerLifecycle.class)) {
			registration.add("greenSchedulerLifecycle", GreenSchedulerLifecycle.class);
		}
		if (!registration.has(RELIEF)) {
			registration.add(RELIEF, CarrierRelief.class);
		}
		// Nothing is reported unless it is asked for.
		if (SettingsCheck.isAnySet(WATCH, environment)) {
			registration.add("greenroomCarrierWatch", CarrierWatch.class);
		}
		if (environment instanceof ConfigurableReactiveWebEnvironment) {
			registration.add("idlePoolSettingsCheck", IdlePoolSettingsCheck.class);
		}
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return switch (name) {
			case "greenSchedulerLifecycle" -> new GreenSchedulerLifecycle(new MadeBean<>(GreenScheduler.class, beans));
			case RELIEF -> new CarrierRelief(watch(beans).heldLimit(), new MadeBean<>(GreenScheduler.class, beans));
			case "greenroomCarrierWatch" -> new CarrierWatch(watch(beans), beans.getBeanProvider(GreenScheduler.class));
			case "idlePoolSettingsCheck" -> new IdlePoolSettingsCheck(environment(beans));
			default -> throw new IllegalArgumentException(name);
		};
	}

	private static WatchProperties watch(ConfigurableListableBeanFactory beans) {
		Environment environment = environment(beans);
		return SettingsCheck.isAnySet(WATCH, environment)
				? Binder.get(environment).bindOrCreate(WATCH, WatchProperties.class) : WatchProperties.DEFAULT;
	}

	/**
	 * Controllers of WebFlux run in no pool, so settings of pools have no effect there.
	 *
	 * @param environment the settings
	 */
	record IdlePoolSettingsCheck(Environment environment) implements SmartInitializingSingleton {

		@Override
		public void afterSingletonsInstantiated() {
			if (Binder.get(this.environment)
				.bind("greenroom.pools", Bindable.mapOf(String.class, Object.class))
				.isBound()) {
				log.warn("greenroom.pools.* is set but has no effect: this application uses WebFlux, "
						+ "and only controllers of Spring MVC run in pools. Remove the keys, or use Spring MVC");
			}
		}

	}

	/** Creates the scheduler for the first bean that needs it. */
	static final class LazySchedulerBeans {

		private LazySchedulerBeans() {
		}

		static GreenScheduler greenScheduler(ObjectProvider<Observer> observers,
				ObjectProvider<ContextCarrier> contextCarrier, LifecycleProperties settings,
				GreenSchedulerLifecycle lifecycle) {
			return lifecycle.make(() -> GreenScheduler.builder()
				.drainTimeout(settings.getTimeoutPerShutdownPhase())
				.observer(Observer.all(observers.orderedStream().toList()))
				.contextCarrier(contextCarrier.getIfAvailable(() -> ContextCarrier.NONE))
				.build());
		}

		/**
		 * For {@code @Async("greenScheduler")}, and for configurers that need an
		 * executor, which find it by that qualifier.
		 */
		static AsyncTaskExecutor greenSchedulerExecutor(GreenScheduler scheduler) {
			return new TaskExecutorAdapter(scheduler.asExecutor());
		}

	}

}
