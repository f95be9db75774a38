package io.greenroom.deferred.internal;

import java.util.Locale;

import io.greenroom.observe.CallMode;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/** Sends the calls on a view along a route to its handler. */
final class RoutedView implements CallSink {

	enum Kind {

		SYNC, ONEWAY

	}

	private final HandlerFamily family;

	private final HandlerRoute route;

	private final Kind kind;

	private final long nanos;

	RoutedView(HandlerFamily family, HandlerRoute route, Kind kind, long nanos) {
		this.family = family;
		this.route = route;
		this.kind = kind;
		this.nanos = nanos;
	}

	@Override
	public @Nullable Object call(int number, @Nullable Object[] arguments) throws Throwable {
		StackRoom.check();
		HandlerMethod method = this.family.method(number);
		CallMode mode = (this.kind == Kind.ONEWAY) ? CallMode.ONEWAY : method.mode();
		return this.route.call(new RoutedCall(this.family, method, mode, arguments, false, this.nanos));
	}

	@Override
	public boolean sameAs(@Nullable Object other) {
		return other instanceof View view && equals(view.greenroom$sink());
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof RoutedView that && that.family == this.family && that.kind == this.kind
				&& that.route.equals(this.route);
	}

	@Override
	public int hashCode() {
		return this.route.hashCode() * 31 + this.kind.hashCode();
	}

	@Override
	public String describe() {
		return "Handler[%s].%s()".formatted(this.route, this.kind.name().toLowerCase(Locale.ROOT));
	}

}
