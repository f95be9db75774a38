package io.greenroom.green.worker;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import io.greenroom.green.internal.Engine;

/** An engine's time as a {@link Clock}. */
final class EngineClock extends Clock {

	private final Engine engine;

	private final Instant origin;

	private final ZoneId zone;

	EngineClock(Engine engine, Instant origin) {
		this(engine, origin, ZoneOffset.UTC);
	}

	private EngineClock(Engine engine, Instant origin, ZoneId zone) {
		this.engine = engine;
		this.origin = origin;
		this.zone = zone;
	}

	@Override
	public ZoneId getZone() {
		return this.zone;
	}

	@Override
	public Clock withZone(ZoneId other) {
		return new EngineClock(this.engine, this.origin, other);
	}

	@Override
	public Instant instant() {
		return this.origin.plusNanos(this.engine.nanoTime());
	}

}
