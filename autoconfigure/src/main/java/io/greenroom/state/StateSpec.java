package io.greenroom.state;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A declared state, checked and ready to run.
 *
 * @param index its index in the table
 * @param method the method, as declared by the user's class
 * @param onStart calls the {@code onStart} method: (target, handle, arguments) → void
 */
record StateSpec(int index, String name, Method method, boolean initial, boolean restart, List<String> targets,
		@Nullable Duration timeout, @Nullable String onTimeout, @Nullable String onError,
		@Nullable MethodHandle onStart) {

	StateDescriptor describe() {
		return new StateDescriptor(this.name, this.initial, this.restart, this.targets, this.timeout, this.onTimeout,
				this.onError);
	}

	boolean terminal() {
		return this.targets.isEmpty();
	}

	/** Throws if the state cannot be called with some arguments. */
	void checkArguments(@Nullable Object[] args) {
		Class<?>[] declared = this.method.getParameterTypes();
		Class<?>[] parameters = MethodType.methodType(void.class, declared).wrap().parameterArray();
		boolean fit = parameters.length == args.length;
		for (int i = 0; fit && i < args.length; i++) {
			Object arg = args[i];
			fit = (arg != null) ? parameters[i].isInstance(arg) : !declared[i].isPrimitive();
		}
		if (!fit) {
			throw new IllegalArgumentException("State '%s' takes %s, and was given %s".formatted(this.name,
					Arrays.stream(declared).map(Class::getSimpleName).toList(), Arrays.toString(args)));
		}
	}

}
