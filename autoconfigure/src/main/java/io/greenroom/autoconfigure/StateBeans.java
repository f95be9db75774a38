package io.greenroom.autoconfigure;

import java.util.Set;
import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.internal.AutowiringInstantiator;
import io.greenroom.spring.internal.SpringBoundary;
import io.greenroom.spring.internal.SpringProxies;
import io.greenroom.spring.internal.StateBeanFactoryPostProcessor;
import io.greenroom.spring.internal.StateBeanPostProcessor;
import io.greenroom.spring.internal.StateEventPublisher;
import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachines;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The beans of machines. */
final class StateBeans extends SuppliedBeans {

	@Override
	void register(Registration registration, Environment environment) {
		registration.addInfrastructure("stateBeanFactoryPostProcessor", StateBeanFactoryPostProcessor.class);
		registration.addInfrastructure("stateBeanPostProcessor", StateBeanPostProcessor.class);
		if (registration.lacksAnywhere(StateMachines.class)) {
			registration.addLazy("stateMachines", StateMachines.class, LazyStateBeans.class);
		}
		registration.include(new CommonBeans(), environment);
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return switch (name) {
			case "stateBeanFactoryPostProcessor" -> new StateBeanFactoryPostProcessor();
			case "stateBeanPostProcessor" ->
				new StateBeanPostProcessor(beans.getBeanProvider(StateMachines.class), guards(environment(beans)));
			default -> throw new IllegalArgumentException(name);
		};
	}

	/**
	 * Read here, because a post-processor that depends on the settings' bean would
	 * initialize it too early.
	 */
	private static Set<String> guards(Environment environment) {
		if (!SettingsCheck.isAnySet("greenroom.state.guards", environment)) {
			return Set.of();
		}
		Set<String> guards = Binder.get(environment)
			.bind("greenroom.state.guards", Bindable.setOf(String.class))
			.orElse(Set.of());
		guards.forEach((guard) -> InvalidSettingException.require(
				ClassUtils.isPresent(guard, StateBeans.class.getClassLoader()), "greenroom.state.guards", guard,
				"the name of a class on the class path"));
		return guards;
	}

	/** Creates what only applications with machines use. */
	static final class LazyStateBeans {

		private LazyStateBeans() {
		}

		static StateMachines stateMachines(GreenScheduler scheduler, StateProperties properties,
				ApplicationContext context, ObjectProvider<StateListener> listeners) {
			StateMachines.Builder builder = StateMachines.builder(scheduler)
				.stopTimeout(properties.stopTimeout())
				.historySize(properties.historySize())
				.instantiator(new AutowiringInstantiator(context.getAutowireCapableBeanFactory()))
				.unwrapper(SpringProxies::targetOf)
				.boundary(new SpringBoundary(properties.inTransaction()))
				.listener(new StateEventPublisher(context));
			listeners.orderedStream().forEach(builder::listener);
			return builder.build();
		}

	}

}
