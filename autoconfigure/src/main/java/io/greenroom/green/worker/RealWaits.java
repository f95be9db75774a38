package io.greenroom.green.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import io.greenroom.green.internal.Timing;

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

	private static final Set<Timing> NONE = Set.of();

	private static final Set<Timing> LIMITS = Set.of(Timing.LIMIT);

	private static final Set<Timing> ALL = Set.of(Timing.values());

	/** The waits in progress, by whoever waits. */
	private final Map<Object, Wait> waits = new ConcurrentHashMap<>();

	private final LongSupplier realTime;

	RealWaits(LongSupplier realTime) {
		this.realTime = realTime;
	}

	/**
	 * Begins a wait by means of the JDK. If it is one for the outside, no time jumps.
	 * @param forOutside whether it is; asked once, when it matters
	 */
	void beginJdk(Object who, BooleanSupplier forOutside) {
		this.waits.put(who, new JdkWait(this.realTime.getAsLong(), forOutside));
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
	 * Returns whether a thread is in such a wait that does not keep the time from
	 * jumping, because it is probably one for work.
	 */
	boolean isForWork(Object who) {
		Wait wait = this.waits.get(who);
		return wait != null && wait.isForWork(this.realTime.getAsLong());
	}

	/** Returns for which timers the time does not jump at the moment. */
	Set<Timing> held() {
		Set<Timing> held = NONE;
		if (!this.waits.isEmpty()) {
			long now = this.realTime.getAsLong();
			for (Wait wait : this.waits.values()) {
				Set<Timing> kinds = wait.held(now);
				held = (kinds.size() > held.size()) ? kinds : held;
			}
		}
		return held;
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

		private final BooleanSupplier forOutside;

		private boolean known;

		private boolean outside;

		JdkWait(long since, BooleanSupplier forOutside) {
			this.since = since;
			this.forOutside = forOutside;
		}

		@Override
		public Set<Timing> held(long now) {
			return (!isLong(now) && isForOutside()) ? ALL : NONE;
		}

		@Override
		public boolean isForWork(long now) {
			return isLong(now) && isForOutside();
		}

		private boolean isLong(long now) {
			return now - this.since >= LIMIT.toNanos();
		}

		private boolean isForOutside() {
			if (!this.known) {
				this.outside = this.forOutside.getAsBoolean();
				this.known = true;
			}
			return this.outside;
		}

	}

}
