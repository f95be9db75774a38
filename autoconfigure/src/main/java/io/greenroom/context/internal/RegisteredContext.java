package io.greenroom.context.internal;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.greenroom.observe.ContextCarrier;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Carries every value that has a {@link ThreadLocalAccessor}. The accessors are those in
 * Micrometer's registry at the time of the capture, such as observations and security,
 * and those given here. The latter are not added to the registry, so other libraries are
 * not affected. If two have the same key, the registry's accessor is used.
 * <p>
 * Safe for use by many threads. Accessors are called in order, the given ones first, and
 * restored in reverse order.
 */
public final class RegisteredContext implements ContextCarrier {

	private final ContextRegistry registry;

	private final List<ThreadLocalAccessor<?>> given;

	private final Map<Object, Detachment> detachments;

	/** The detachments that replace a value, and don't leave it out. */
	private final Map<Object, Detachment> copies;

	/** Replaced when the registry has changed. */
	private volatile @Nullable Accessors accessors;

	/**
	 * Creates a carrier.
	 * @param registry the registry, which is read at each capture
	 * @param given accessors to use in addition to the registered ones
	 */
	public RegisteredContext(ContextRegistry registry, List<? extends ThreadLocalAccessor<?>> given) {
		this(registry, given, Map.of());
	}

	/**
	 * Creates a carrier with values that must not outlive the work of the captured
	 * thread.
	 * @param registry the registry, which is read at each capture
	 * @param given accessors to use in addition to the registered ones
	 * @param detachments the replacements of values for work that is not waited for, by
	 * the keys of the given or registered accessors
	 */
	public RegisteredContext(ContextRegistry registry, List<? extends ThreadLocalAccessor<?>> given,
			Map<Object, Detachment> detachments) {
		this.registry = registry;
		this.given = List.copyOf(given);
		this.detachments = Map.copyOf(detachments);
		this.copies = detachments.entrySet()
			.stream()
			.filter((each) -> each.getValue() != Detachment.LEFT_OUT)
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
	}

	/**
	 * Copies what can be copied here, too: a green thread, or a body whose caller has got
	 * a timeout, may outlive the request.
	 */
	@Override
	public Snapshot capture() {
		return capture(this.copies);
	}

	@Override
	public Snapshot captureDetached() {
		return capture(this.detachments);
	}

	/**
	 * Does not read values that detached captures leave out. They belong to the thread's
	 * own work, and an accessor need not return what was set.
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

	/** Returns the current accessors, which are usually the same as last time. */
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
