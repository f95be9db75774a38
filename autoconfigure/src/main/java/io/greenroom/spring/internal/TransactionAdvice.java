package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.List;

import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;

/**
 * Reads the advice of transactions. Must not be loaded if transactions are not on the
 * class path.
 */
final class TransactionAdvice {

	private TransactionAdvice() {
	}

	/** Returns the first method that must be called in a transaction. */
	static @Nullable Method mandatory(Advice advice, List<Method> methods, Class<?> type) {
		TransactionAttributeSource source = (advice instanceof TransactionAspectSupport transactions)
				? transactions.getTransactionAttributeSource() : null;
		if (source == null) {
			return null;
		}
		for (Method method : methods) {
			TransactionAttribute attribute = source.getTransactionAttribute(method, type);
			if (attribute != null
					&& attribute.getPropagationBehavior() == TransactionDefinition.PROPAGATION_MANDATORY) {
				return method;
			}
		}
		return null;
	}

}
