package io.greenroom.deferred;

import io.greenroom.deferred.internal.CallSink;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/** What a view of a handler does with the calls it gets. */
final class ViewSink implements CallSink {

	enum Kind {

		SYNC, ONEWAY, DIRECT

	}

	private final Handler handler;

	private final Entry entry;

	private final HandlerMethod[] methods;

	private final Kind kind;

	private final long nanos;

	ViewSink(Handler handler, Entry entry, HandlerMethod[] methods, Kind kind, long nanos) {
		this.handler = handler;
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
			case DIRECT -> this.handler.intake().direct(method, this.entry.object(), arguments);
		};
	}

	private @Nullable Object submit(HandlerMethod method, CallMode mode, @Nullable Object[] arguments)
			throws Throwable {
		return this.handler.intake().submit(new MethodCall(method, mode, this.entry, arguments), method, this.nanos);
	}

	@Override
	public boolean sameAs(@Nullable Object other) {
		return other instanceof View view && view.greenroom$sink() instanceof ViewSink sink
				&& sink.handler == this.handler && sink.kind == this.kind;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ViewSink sink && sink.handler == this.handler && sink.kind == this.kind;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this.handler) * 31 + this.kind.hashCode();
	}

	@Override
	public String describe() {
		return this.handler + "." + this.kind.name().toLowerCase(java.util.Locale.ROOT) + "()";
	}

}
