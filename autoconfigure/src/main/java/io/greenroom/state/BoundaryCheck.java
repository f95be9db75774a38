package io.greenroom.state;

import java.util.Iterator;
import java.util.stream.Stream;

import io.greenroom.state.internal.StateObject;
import org.jspecify.annotations.Nullable;

/** Looks for code between a body and a call on its thread that would unwind the body. */
final class BoundaryCheck {

	private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

	private final StateBoundary boundary;

	private final String state;

	private final Class<?> visits;

	/**
	 * Prepares the check.
	 * @param visits the class that runs visitors
	 */
	BoundaryCheck(StateBoundary boundary, String state, Class<?> visits) {
		this.boundary = boundary;
		this.state = state;
		this.visits = visits;
	}

	/** Returns what is in the way; {@code null} if nothing is. */
	@Nullable String obstacle(@Nullable Object begun) {
		String inside = this.boundary.obstacle(begun);
		return (inside != null) ? inside : WALKER.<@Nullable String>walk(this::search);
	}

	/**
	 * Returns what is in the way if a body is left where it let a visitor in; what the
	 * visitor itself has called is not considered.
	 */
	@Nullable String obstacleOfVisit() {
		return WALKER.<@Nullable String>walk(this::search);
	}

	/**
	 * Searches the stack from the call, which is the first method of an object with
	 * states, to the body, which was called by the machine or by advice.
	 */
	private @Nullable String search(Stream<StackWalker.StackFrame> stack) {
		Iterator<StackWalker.StackFrame> frames = stack.iterator();
		boolean asked = false;
		while (!asked && frames.hasNext()) {
			asked = isStateful(frames.next());
		}
		String found = null;
		while (frames.hasNext()) {
			StackWalker.StackFrame frame = frames.next();
			if (isStateful(frame) && isBody(frame.getMethodName())) {
				return found;
			}
			if (frame.getDeclaringClass() == this.visits && frame.getMethodName().equals("visit")) {
				found = null;
			}
			else if (found == null) {
				found = this.boundary.obstacleIn(frame.getDeclaringClass());
			}
		}
		return found;
	}

	private boolean isBody(String method) {
		return method.equals(Enhancer.CALL_NAME) || method.equals(this.state);
	}

	private static boolean isStateful(StackWalker.StackFrame frame) {
		return StateObject.class.isAssignableFrom(frame.getDeclaringClass());
	}

}
