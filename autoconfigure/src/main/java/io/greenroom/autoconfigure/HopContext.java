package io.greenroom.autoconfigure;

import java.util.Map;

import io.greenroom.context.internal.RegisteredContext;
import io.greenroom.observe.ContextCarrier;
import org.slf4j.MDC;

import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.util.ClassUtils;

/**
 * Carries a server thread's context over a hop, exactly once: with the scheduler's
 * carrier if that covers everything, otherwise also with Spring's means. Leaves out the
 * request's own attributes, which the hop creates anew.
 */
final class HopContext {

	private static final boolean PROPAGATION = ClassUtils.isPresent("io.micrometer.context.ContextSnapshotFactory",
			HopContext.class.getClassLoader());

	private HopContext() {
	}

	static TaskDecorator of(ContextCarrier carrier) {
		TaskDecorator carried = (task) -> {
			ContextCarrier.Snapshot snapshot = carrier.captureDetached();
			return snapshot.isEmpty() ? task : () -> {
				try (ContextCarrier.Scope _ = snapshot.openOnNewThread()) {
					task.run();
				}
			};
		};
		if (PROPAGATION && carrier instanceof RegisteredContext) {
			return carried;
		}
		TaskDecorator registered = PROPAGATION ? new ContextPropagatingTaskDecorator() : (task) -> task;
		return (task) -> carried.decorate(registered.decorate(withLoggingContext(task)));
	}

	private static Runnable withLoggingContext(Runnable task) {
		Map<String, String> logged = MDC.getCopyOfContextMap();
		return (logged == null) ? task : () -> {
			MDC.setContextMap(logged);
			task.run();
		};
	}

}
