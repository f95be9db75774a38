package io.greenroom.deferred.internal;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/** Submits the calls on a view to its handler. */
final class ViewInvocationHandler implements CallSink {

	enum Kind {

		SYNC, ONEWAY, DIRECT

	}

	private final CallSubmitter submitter;

	private final CallTarget entry;

	private final HandlerMethod[] methods;

	private final Kind kind;

	private final long nanos;

	ViewInvocationHandler(CallSubmitter submitter, CallTarget entry, HandlerMethod[] methods, Kind kind, long nanos) {
		this.submitter = submitter;
		this.entry = entry;
		this.methods = methods;
		this.kind = kind;
		this.nanos = nanos;
	}

	@Override
	public @Nullable Object call(int number, @Nullable Object[] arguments) throws Throwable {
		HandlerMethod method = this.methods[number];
		return switch (this.kind) {
			case SYNC -> submit(method, method.mode(), arguments);
			case ONEWAY -> submit(method, CallMode.ONEWAY, arguments);
			case DIRECT -> this.submitter.direct(method, this.entry.entry(), arguments);
		};
	}

	private @Nullable Object submit(HandlerMethod method, CallMode mode, @Nullable Object[] arguments)
			throws Throwable {
		return this.submitter.submit(new MethodCall(method, mode, this.entry, arguments), method, this.nanos);
	}

	@Override
	public boolean sameAs(@Nullable Object other) {
		return other instanceof View view && view.greenroom$sink() instanceof ViewInvocationHandler sink
				&& sink.submitter == this.submitter && sink.kind == this.kind;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ViewInvocationHandler sink && sink.submitter == this.submitter
				&& sink.kind == this.kind;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this.submitter) * 31 + this.kind.hashCode();
	}

	@Override
	public String describe() {
		return this.entry.handler() + "." + this.kind.name().toLowerCase(java.util.Locale.ROOT) + "()";
	}

}
