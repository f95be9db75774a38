package io.greenroom.autoconfigure;

import java.util.EnumSet;

import io.greenroom.green.GreenScheduler;
import io.greenroom.web.RunInPoolAdapters;
import io.greenroom.web.internal.ControllerPools;
import io.greenroom.web.internal.HopFunctionAdapter;
import io.greenroom.web.internal.HopGate;
import io.greenroom.web.internal.HopHandlerMapping;
import io.greenroom.web.internal.HopRequestScope;
import io.greenroom.web.internal.PoolSelector;
import io.greenroom.web.internal.RunInPoolHandlerAdapter;
import jakarta.servlet.DispatcherType;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.function.support.HandlerFunctionAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Beans that are only needed by an application whose controllers hop. */
final class HopBeans extends SuppliedBeans {

	static RunInPoolAdapters adapters(PoolSelector selector, GreenScheduler scheduler) {
		TaskDecorator context = HopContext.of(scheduler.contextCarrier());
		return () -> new RunInPoolHandlerAdapter(selector, scheduler, context, HopIdentity.reader());
	}

	static RequestMappingHandlerMapping mapping() {
		return new HopHandlerMapping();
	}

	@Override
	void register(Registration registration, Environment environment) {
		registration.add("greenroomHopGate", HopGateRegistration.class);
		registration.add("greenroomHopFunctionAdapter", HopFunctionAdapter.class);
		registration.add("greenroomHopRequestScope", RequestScopeRegistration.class);
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return switch (name) {
			case "greenroomHopGate" -> new HopGateRegistration();
			case "greenroomHopFunctionAdapter" -> functionAdapter(beans);
			case "greenroomHopRequestScope" -> new RequestScopeRegistration();
			default -> throw new IllegalArgumentException(name);
		};
	}

	private static HopFunctionAdapter functionAdapter(ConfigurableListableBeanFactory beans) {
		ObjectProvider<HandlerFunctionAdapter> usual = beans.getBeanProvider(HandlerFunctionAdapter.class);
		GreenScheduler scheduler = beans.getBean(GreenScheduler.class);
		return new HopFunctionAdapter(usual::getObject, beans.getBean(ControllerPools.class), scheduler,
				HopContext.of(scheduler.contextCarrier()), HopIdentity.reader());
	}

	/** Keeps the beans of a request until the request is over. */
	static final class RequestScopeRegistration implements BeanFactoryPostProcessor {

		@Override
		public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
			beans.registerScope(WebApplicationContext.SCOPE_REQUEST, new HopRequestScope());
		}

	}

	/** Before all other filters, including those of the highest precedence. */
	static final class HopGateRegistration extends FilterRegistrationBean<HopGate> implements PriorityOrdered {

		HopGateRegistration() {
			super(new HopGate());
			setName("greenroomHopGate");
			setOrder(Ordered.HIGHEST_PRECEDENCE);
			setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
			setAsyncSupported(true);
		}

	}

}
