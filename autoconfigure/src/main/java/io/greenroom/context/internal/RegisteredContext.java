package io.greenroom.context.internal;

import java.util.List;
import java.util.Map;

import io.greenroom.observe.ContextCarrier;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Carries whatever has a {@link ThreadLocalAccessor}: those in Micrometer's registry at
 * the time, such as observations and security, and those given here, which are not put
 * into the registry, so that other libraries go on as before. Of two with one key the
 * registry's is used.
 * <p>
 * Safe for use by many threads. Accessors are called in order, the given ones first, and
 * set back in reverse order.
 */
public final class RegisteredContext implements ContextCarrier {

	private final ContextRegistry registry;

	private final List<ThreadLocalAccessor<?>> given;

	private final Map<Object, Detachment> detachments;

	/** Made anew when the registry has changed. */
	private volatile @Nullable Accessors accessors;

	/**
	 * Makes a carrier.
	 * @param registry the registry, asked anew each time
	 * @param given accessors to use beside those registered
	 */
	public RegisteredContext(ContextRegistry registry, List<? extends ThreadLocalAccessor<?>> given) {
		this(registry, given, Map.of());
	}

	/**
	 * Makes a carrier that knows what must not outlive the captured thread's work.
	 * @param registry the registry, asked anew each time
	 * @param given accessors to use beside those registered
	 * @param detachments what becomes of values that nobody waits for, by the keys of
	 * their accessors, given or registered
	 */
	public RegisteredContext(ContextRegistry registry, List<? extends ThreadLocalAccessor<?>> given,
			Map<Object, Detachment> detachments) {
		this.registry = registry;
		this.given = List.copyOf(given);
		this.detachments = Map.copyOf(detachments);
	}

	@Override
	public Snapshot capture() {
		return capture(Map.of());
	}

	@Override
	public Snapshot captureDetached() {
		return capture(this.detachments);
	}

	/**
	 * What detached captures leave out is not looked at: it belongs to the thread's own
	 * work, and what an accessor says of it need not be what it was set to.
	 */
	@Override
	public Scope guard() {
		List<ThreadLocalAccessor<Object>> guarded = accessors().all()
			.stream()
			.filter((accessor) -> this.detachments.get(accessor.key()) != Detachment.LEFT_OUT)
			.toList();
		Restoring scope = new Restoring(guarded) {

			@Override
			@Nullable Object enter(ThreadLocalAccessor<Object> accessor, int index) {
				return accessor.getValue();
			}

			@Override
			void leave(ThreadLocalAccessor<Object> accessor, int index, @Nullable Object before) {
				Object now = accessor.getValue();
				if (before != null && !before.equals(now)) {
					accessor.restore(before);
				}
				else if (before == null && now != null) {
					accessor.setValue();
				}
			}

		};
		scope.open();
		return scope;
	}

	private Snapshot capture(Map<Object, Detachment> detaching) {
		Accessors accessors = accessors();
		@Nullable Object @Nullable [] values = null;
		for (int i = 0; i < accessors.all().size(); i++) {
			ThreadLocalAccessor<?> accessor = accessors.all().get(i);
			Detachment detachment = detaching.get(accessor.key());
			Object value = (detachment != null) ? detachment.detached(accessor) : accessor.getValue();
			if (value != null) {
				values = (values != null) ? values : new @Nullable Object[accessors.all().size()];
				values[i] = value;
			}
		}
		return (values != null) ? Captured.of(accessors.all(), values) : accessors.nothing();
	}

	/** Those there are now, which usually are those there were last time. */
	private Accessors accessors() {
		List<ThreadLocalAccessor<?>> registered = this.registry.getThreadLocalAccessors();
		Accessors known = this.accessors;
		if (known == null || !known.registered().equals(registered)) {
			known = Accessors.of(this.given, registered);
			this.accessors = known;
		}
		return known;
	}

}
