package io.greenroom.durable.internal;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.greenroom.durable.DeadLetter;
import io.greenroom.durable.DeadLetters;
import org.jspecify.annotations.Nullable;

/**
 * The only implementation of {@link DeadLetters}. For integrations; not intended for
 * applications.
 */
public final class StoredDeadLetters implements DeadLetters {

	private final Outbox outbox;

	private final OutboxStore store;

	/**
	 * Creates the dead letters of an outbox.
	 * @param outbox the outbox
	 */
	public StoredDeadLetters(Outbox outbox) {
		this.outbox = Objects.requireNonNull(outbox, "outbox");
		this.store = outbox.store();
	}

	@Override
	public List<DeadLetter> list(int limit) {
		return this.store.dead(null, checked(limit));
	}

	@Override
	public List<DeadLetter> list(String handler, int limit) {
		return this.store.dead(Objects.requireNonNull(handler, "handler"), checked(limit));
	}

	private static int checked(int limit) {
		if (limit < 0) {
			throw new IllegalArgumentException("The limit is " + limit + "; give 0 or more");
		}
		return limit;
	}

	@Override
	public Optional<DeadLetter> find(String id) {
		return Optional.ofNullable(this.store.dead(Objects.requireNonNull(id, "id")));
	}

	@Override
	public Map<String, Long> counts() {
		return this.store.dead();
	}

	@Override
	public boolean replay(String id) {
		return goOn(this.store.replay(Objects.requireNonNull(id, "id")));
	}

	@Override
	public boolean discard(String id) {
		return goOn(this.store.discard(Objects.requireNonNull(id, "id")));
	}

	private boolean goOn(@Nullable Lane lane) {
		if (lane != null) {
			this.store.whenCommitted(lane, () -> this.outbox.wake(lane));
		}
		return lane != null;
	}

}
