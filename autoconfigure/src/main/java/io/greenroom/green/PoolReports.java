package io.greenroom.green;

import java.time.Duration;
import java.util.Map;

import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells the listener of a pool, and creates the exceptions for rejected work. */
final class PoolReports {

	private static final Logger log = LoggerFactory.getLogger(GreenPool.class);

	private final String pool;

	/**
	 * The prefix of the pool's configuration keys; {@code null} if it is sized in code.
	 */
	private final @Nullable String settings;

	private final Admission admission;

	private final PoolListener listener;

	private final PoolRejections rejections = new PoolRejections();

	/** Kept here because observers hold it weakly. */
	private final PoolGauges gauges;

	PoolReports(GreenScheduler scheduler, String pool, @Nullable String settings, Admission admission) {
		this.pool = pool;
		this.settings = settings;
		this.admission = admission;
		this.gauges = new Gauges(admission, this.rejections);
		this.listener = scheduler.observer().pool(pool, this.gauges);
	}

	PoolFullException noSlot() {
		return full("raise " + setting(this.settings, "size") + ", let the caller wait, or shed load");
	}

	PoolFullException noRoom() {
		return full("raise " + setting(this.settings, "queue-capacity") + " or shed load");
	}

	private PoolFullException full(String remedy) {
		rejected("full");
		return new PoolFullException(this.pool, PoolFullException.Reason.FULL, "is full (" + numbers() + ")", remedy);
	}

	PoolFullException late(Duration limit) {
		rejected("timeout");
		return new PoolFullException(this.pool, PoolFullException.Reason.TIMEOUT,
				"had no free slot within " + limit + " (" + numbers() + ")",
				"raise " + setting(this.settings, "size") + ", wait longer, or shed load");
	}

	PoolClosedException closed() {
		rejected("closed");
		return new PoolClosedException(this.pool);
	}

	private String numbers() {
		return this.admission.active() + " running, " + this.admission.queued() + " waiting";
	}

	static String setting(@Nullable String settings, String key) {
		return (settings == null) ? "its " + key : settings + "." + key;
	}

	/** Reads the clock if the listener needs times. */
	long now() {
		return (this.listener == PoolListener.NONE) ? 0 : Parking.nanoTime();
	}

	/**
	 * Tells that a slot was given. Throws nothing, because an error here would keep a
	 * slot from a waiting thread.
	 */
	void started(long waited) {
		if (this.listener != PoolListener.NONE) {
			try {
				this.listener.startedNanos(waited);
			}
			catch (Throwable failure) {
				passOver(failure);
			}
		}
	}

	/**
	 * Tells that a slot was returned. Throws nothing, as {@link #started}, not even for
	 * lack of memory.
	 */
	void ended(long heldAt) {
		if (this.listener != PoolListener.NONE) {
			try {
				this.listener.endedNanos(Parking.nanoTime() - heldAt);
			}
			catch (Throwable failure) {
				passOver(failure);
			}
		}
	}

	private void rejected(String reason) {
		try {
			this.rejections.count(reason);
			this.listener.rejected(reason);
		}
		catch (Throwable failure) {
			passOver(failure);
		}
	}

	private void passOver(Throwable failure) {
		Failures.log(log, Level.ERROR, failure, "The listener of pool '{}' failed; the work goes on", this.pool);
	}

	private record Gauges(Admission admission, PoolRejections rejections) implements PoolGauges {

		@Override
		public int size() {
			return this.admission.limit();
		}

		@Override
		public int active() {
			return this.admission.active();
		}

		@Override
		public int queued() {
			return this.admission.queued();
		}

		@Override
		public Map<String, Long> rejected() {
			return this.rejections.counts();
		}

		@Override
		public @Nullable Duration sinceRejected() {
			return this.rejections.sinceLast();
		}

	}

}
