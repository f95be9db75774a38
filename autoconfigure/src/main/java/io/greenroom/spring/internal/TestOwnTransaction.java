package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Determines whether a thread's transaction belongs to a test method. Spring names such a
 * transaction after the test's class and method.
 */
public final class TestOwnTransaction {

	/**
	 * By name, because these annotations are optional. Other annotations are annotated
	 * with them.
	 */
	private static final Set<String> TESTS = Set.of("org.junit.platform.commons.annotation.Testable", "org.junit.Test",
			"org.testng.annotations.Test");

	private TestOwnTransaction() {
	}

	/**
	 * Returns the name of the test whose transaction the thread is in.
	 * @return the class and the method; {@code null} if the thread is in no transaction,
	 * or in another one
	 */
	public static @Nullable String name() {
		String name = TransactionSynchronizationManager.getCurrentTransactionName();
		int dot = (name != null) ? name.lastIndexOf('.') : -1;
		if (name == null || dot <= 0) {
			return null;
		}
		try {
			Class<?> type = ClassUtils.forName(name.substring(0, dot), null);
			String method = name.substring(dot + 1);
			for (Method candidate : ReflectionUtils.getAllDeclaredMethods(type)) {
				if (candidate.getName().equals(method)
						&& TESTS.stream().anyMatch((test) -> AnnotatedElementUtils.isAnnotated(candidate, test))) {
					return name;
				}
			}
		}
		catch (ClassNotFoundException | LinkageError | IllegalStateException unknown) {
			// The transaction was named by other code.
		}
		return null;
	}

}
