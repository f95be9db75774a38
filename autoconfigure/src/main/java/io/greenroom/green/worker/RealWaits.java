package io.greenroom.green.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.greenroom.green.internal.Timing;
import org.jspecify.annotations.Nullable;

/**
 * What threads of a worker wait for that comes in real time, such as an answer from the
 * network. Meanwhile the worker's time must not jump: a limit of half a minute would be
 * over before an answer that takes a millisecond. Thread-safe.
 */
final class RealWaits {

	/**
	 * How long a wait by means of the JDK keeps the time from jumping. What takes longer
	 * is probably waiting for work, as a listener is.
	 */
	static final Duration LIMIT = Duration.ofSeconds(5);

	static final Set<Timing> NONE = Set.of();

	static final Set<Timing> LIMITS = Set.of(Timing.LIMIT);

	static final Set<Timing> ALL = Set.of(Timing.values());

	/** The waits in progress, by whoever waits. */
	private final Map<Object, Wait> waits = new ConcurrentHashMap<>();

	private final LongSupplier realTime;

	/** How many threads are just waking another. */
	private final AtomicInteger wakes = new AtomicInteger();

	/**
	 * When the last round of yields ended that was held; confined to the worker's turn.
	 */
	private long lastRound;

	RealWaits(LongSupplier realTime) {
		this.realTime = realTime;
	}

	/**
	 * Begins a wait by means of the JDK.
	 * @param held for which timers the time does not jump meanwhile; asked once, when it
	 * matters
	 */
	void beginJdk(Object who, Supplier<Set<Timing>> held) {
		this.waits.put(who, new JdkWait(this.realTime.getAsLong(), held));
	}

	/**
	 * Begins a wait of Greenroom's for the outside, which lets the others go on
	 * meanwhile: they sleep as long as they like, but no limit jumps.
	 * @param forWork whether it is one for work at the moment
	 */
	void beginOwn(Object who, BooleanSupplier forWork) {
		this.waits.put(who, new OwnWait(forWork));
	}

	void end(Object who) {
		this.waits.remove(who);
	}

	/**
	 * Begins to wake a thread. Until it is in the line, which may take the JDK a while if
	 * somebody outside does it, nothing else shows that it will go on.
	 */
	void beginWake() {
		this.wakes.incrementAndGet();
	}

	/** The thread is in the line. */
	void endWake() {
		this.wakes.decrementAndGet();
	}

	boolean isWaking() {
		return this.wakes.get() > 0;
	}

	/**
	 * Returns whether a thread is in such a wait that does not keep the time from
	 * jumping, because it is probably one for work.
	 */
	boolean isForWork(Object who) {
		Wait wait = this.waits.get(who);
		return wait != null && wait.isForWork(this.realTime.getAsLong());
	}

	boolean isEmpty() {
		return this.waits.isEmpty();
	}

	/** Returns for which timers the time does not jump at the moment. */
	Set<Timing> held() {
		Set<Timing> held = isWaking() ? ALL : NONE;
		if (!isEmpty()) {
			long now = this.realTime.getAsLong();
			for (Wait wait : this.waits.values()) {
				Set<Timing> kinds = wait.held(now);
				held = (kinds.size() > held.size()) ? kinds : held;
			}
		}
		return held;
	}

	/**
	 * Returns how far the time advances in a round of yields: not further than in
	 * reality, while it does not jump.
	 * @param nanos how far otherwise
	 */
	long round(long nanos) {
		if (held().isEmpty()) {
			return nanos;
		}
		long now = this.realTime.getAsLong();
		long passed = now - this.lastRound;
		this.lastRound = now;
		return Math.min(nanos, passed);
	}

	/** One wait. */
	private sealed interface Wait {

		Set<Timing> held(long now);

		boolean isForWork(long now);

	}

	/** A wait by means of Greenroom. */
	private record OwnWait(BooleanSupplier forWork) implements Wait {

		@Override
		public Set<Timing> held(long now) {
			return isForWork(now) ? NONE : LIMITS;
		}

		@Override
		public boolean isForWork(long now) {
			return this.forWork.getAsBoolean();
		}

	}

	/** A wait by means of the JDK. Asked by one thread at a time. */
	private static final class JdkWait implements Wait {

		private final long since;

		private final Supplier<Set<Timing>> held;

		/** {@code null} before it is known. */
		private @Nullable Set<Timing> kinds;

		JdkWait(long since, Supplier<Set<Timing>> held) {
			this.since = since;
			this.held = held;
		}

		@Override
		public Set<Timing> held(long now) {
			return isLong(now) ? NONE : kinds();
		}

		@Override
		public boolean isForWork(long now) {
			return isLong(now) && !kinds().isEmpty();
		}

		private boolean isLong(long now) {
			return now - this.since >= LIMIT.toNanos();
		}

		private Set<Timing> kinds() {
			Set<Timing> known = this.kinds;
			if (known == null) {
				known = this.held.get();
				this.kinds = known;
			}
			return known;
		}

	}

}
