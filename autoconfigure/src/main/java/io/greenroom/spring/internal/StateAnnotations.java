package io.greenroom.spring.internal;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * Finds annotations on states that request advice which no body can have, before there is
 * any bean, because prototypes have none at the start. {@link StateAdvisors} finds advice
 * that is requested otherwise.
 */
final class StateAnnotations {

	private static final String ASYNC = "org.springframework.scheduling.annotation.Async";

	private static final String ASYNC_ENABLED = "org.springframework.scheduling.config.internalAsyncAnnotationProcessor";

	private static final String TRANSACTIONAL = "org.springframework.transaction.annotation.Transactional";

	private static final String TRANSACTIONS_ENABLED = "org.springframework.transaction.config.internalTransactionAdvisor";

	private final boolean async;

	private final boolean transactions;

	StateAnnotations(ConfigurableListableBeanFactory beanFactory) {
		this.async = beanFactory.containsBeanDefinition(ASYNC_ENABLED);
		this.transactions = beanFactory.containsBeanDefinition(TRANSACTIONS_ENABLED);
	}

	/** Returns the findings, one sentence each with its remedy. */
	List<String> problems(StateClass states) {
		List<String> found = new ArrayList<>();
		for (StateDescriptor state : states.states()) {
			Method method = states.method(state.name());
			if (this.async && find(method, states.type(), ASYNC).isPresent()) {
				found.add(StateAdvisors.async(method));
			}
			if (this.transactions
					&& find(method, states.type(), TRANSACTIONAL).filter(StateAnnotations::isMandatory).isPresent()) {
				found.add(StateAdvisors.mandatory(method));
			}
		}
		return found;
	}

	private static boolean isMandatory(MergedAnnotation<?> transactional) {
		return transactional.getValue("propagation")
			.filter((value) -> "MANDATORY".equals(value.toString()))
			.isPresent();
	}

	/** On the method, or else on the class. */
	private static Optional<MergedAnnotation<?>> find(Method method, Class<?> type, String annotation) {
		return Stream.<AnnotatedElement>of(method, type)
			.<MergedAnnotation<?>>map(
					(element) -> MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY).get(annotation))
			.filter(MergedAnnotation::isPresent)
			.findFirst();
	}

}
