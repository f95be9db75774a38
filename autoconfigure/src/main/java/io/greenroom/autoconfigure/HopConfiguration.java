package io.greenroom.autoconfigure;

import java.util.EnumSet;

import io.greenroom.green.GreenScheduler;
import io.greenroom.web.RunInPoolAdapters;
import io.greenroom.web.internal.ClientPresence;
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
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.task.TaskDecorator;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.function.support.HandlerFunctionAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Beans that are only needed by an application whose controllers hop. */
@Configuration(proxyBeanMethods = false)
class HopConfiguration {

	static RunInPoolAdapters adapters(PoolSelector selector, GreenScheduler scheduler, ClientPresence clients) {
		TaskDecorator context = HopContext.of(scheduler.contextCarrier());
		return () -> new RunInPoolHandlerAdapter(selector, scheduler, context, HopIdentity.keeper(), clients);
	}

	static RequestMappingHandlerMapping mapping() {
		return new HopHandlerMapping();
	}

	@Bean
	HopGateRegistration greenroomHopGate() {
		return new HopGateRegistration();
	}

	@Bean
	HopFunctionAdapter greenroomHopFunctionAdapter(ObjectProvider<HandlerFunctionAdapter> usual, ControllerPools pools,
			GreenScheduler scheduler) {
		return new HopFunctionAdapter(usual::getObject, pools, scheduler, HopContext.of(scheduler.contextCarrier()),
				HopIdentity.keeper());
	}

	@Bean
	static BeanFactoryPostProcessor greenroomHopRequestScope() {
		return (beans) -> beans.registerScope(WebApplicationContext.SCOPE_REQUEST, new HopRequestScope());
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
