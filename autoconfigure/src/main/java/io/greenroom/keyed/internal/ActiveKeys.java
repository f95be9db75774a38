package io.greenroom.keyed.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import io.greenroom.deferred.internal.BodyGuard;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerFamily;
import io.greenroom.deferred.internal.HandlerHost.Made;
import io.greenroom.deferred.internal.RoutedCall;
import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.TooManyKeysException;
import io.greenroom.observe.KeyedListener;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The instances of all keys in this JVM. Creates an instance when a call finds none, and
 * removes instances that are idle or whose place is needed.
 */
final class ActiveKeys<K> implements KeyRouter<K>, Instance.Owner<K>, HandlerFamily.Keeper {

	private static final Logger log = LoggerFactory.getLogger(Keyed.class);

	/** How many times an instance is checked within one idle time. */
	private static final int LOOKS_PER_IDLE = 4;

	private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

	/** The shortest wait that is deducted from a caller's time, in nanoseconds. */
	private static final long WORTH_TELLING = 1_000_000;

	/** How many busy instances are skipped in one search. */
	private static final int MOST_BUSY = 256;

	private final String name;

	private final KeyType keys;

	private final KeyedOptions options;

	private final KeyedFactory<K> factory;

	private final KeyedListener listener;

	private final Map<K, Instance<K>> instances = new ConcurrentHashMap<>();

	private final IdleInstances idle = new IdleInstances();

	private final Places room;

	/** The number of callers that wait for a place. */
	private final AtomicInteger wanted = new AtomicInteger();

	/** The number of instances that are ending to make room. */
	private final AtomicInteger ending = new AtomicInteger();

	private final AtomicInteger active;

	/** Set once, right after construction. */
	private @Nullable HandlerFamily family;

	/** Whether ended instances are kept until all are ended. */
	private volatile boolean closing;

	ActiveKeys(String name, KeyType keys, KeyedOptions options, KeyedFactory<K> factory, AtomicInteger active,
			KeyedListener listener) {
		this.name = name;
		this.keys = keys;
		this.options = options;
		this.factory = factory;
		this.active = active;
		this.listener = listener;
		this.room = new Places(options.maxActive());
	}

	void in(HandlerFamily family) {
		this.family = family;
	}

	private HandlerFamily family() {
		return Objects.requireNonNull(this.family);
	}

	@Override
	public long now() {
		return family().now();
	}

	int active() {
		return this.active.get();
	}

	Collection<Instance<K>> all() {
		return this.instances.values();
	}

	@Nullable Instance<K> find(K key) {
		return this.instances.get(key);
	}

	@Override
	public @Nullable Object call(K key, RoutedCall call) throws Throwable {
		return call(key, call, null);
	}

	/** Makes a call whose body is let in by the given guard, if there is one. */
	@Nullable Object call(K key, RoutedCall call, @Nullable BodyGuard guard) throws Throwable {
		Instance<K> found = this.instances.get(key);
		Duration spent = Duration.ZERO;
		if (found == null || !found.enter()) {
			long start = now();
			found = enter(key, call);
			long took = now() - start;
			spent = (took > WORTH_TELLING) ? Duration.ofNanos(took) : Duration.ZERO;
		}
		try {
			return (guard != null) ? call.on(found.handler(), spent, guard) : call.on(found.handler(), spent);
		}
		finally {
			found.leave();
		}
	}

	void drop(Predicate<? super K> which, boolean anew) {
		for (Instance<K> instance : this.instances.values()) {
			if (which.test(instance.key()) && !instance.retire("moved") && anew) {
				instance.dropped = true;
			}
		}
	}

	boolean renewDropped(K key) {
		Instance<K> found = this.instances.get(key);
		if (found == null || !found.dropped) {
			return false;
		}
		found.dropped = false;
		found.handler().renew();
		return true;
	}

	/**
	 * Enters the current instance of a key with a call, or creates an instance that the
	 * call is in.
	 */
	private Instance<K> enter(K key, RoutedCall call) {
		long deadline = now() + call.timeLeft().toNanos();
		while (true) {
			Instance<K> found = this.instances.get(key);
			if (found == null) {
				found = add(key, call, deadline);
				if (found != null) {
					return found;
				}
				continue;
			}
			if (found.enter()) {
				return found;
			}
			awaitEnd(found, call, deadline);
		}
	}

	private void awaitEnd(Instance<K> ending, RoutedCall call, long deadline) {
		try {
			if (!ending.awaitChange(left(deadline))) {
				throw call.timedOut(
						"%s.%s was not made within its caller's time: the previous instance was still ending, perhaps in its @PreDestroy methods; shorten them"
							.formatted(ending, call.method()));
			}
		}
		catch (InterruptedException ex) {
			throw call.interrupted("Interrupted while waiting for the end of %s before %s; the call was not made"
				.formatted(ending, call.method()), ex);
		}
	}

	private Duration left(long deadline) {
		return Duration.ofNanos(Math.max(0, deadline - now()));
	}

	/**
	 * Creates an instance with a caller in it. Returns {@code null} if another thread was
	 * faster.
	 */
	private @Nullable Instance<K> add(K key, RoutedCall call, long deadline) {
		takeRoom(key, call, deadline);
		boolean added = false;
		try {
			Instance<K> mine = new Instance<>(key, this.keys.text(key, this.name), family(), this);
			added = this.instances.putIfAbsent(key, mine) == null;
			if (added) {
				enroll(mine);
				return mine;
			}
			return null;
		}
		finally {
			if (!added) {
				this.room.giveBack();
			}
		}
	}

	private void enroll(Instance<K> mine) {
		try {
			family().added(mine.handler());
		}
		catch (Throwable failure) {
			// Its creator does not call it, and others may.
			mine.leave();
			throw failure;
		}
	}

	/**
	 * Takes a place for an instance. If no place is free, the longest idle instance is
	 * ended.
	 */
	private void takeRoom(K key, RoutedCall call, long deadline) {
		if (this.room.tryTake()) {
			return;
		}
		this.wanted.incrementAndGet();
		try {
			if (!this.room.acquire(() -> left(deadline).toNanos(), this::makeRoomIfWanted)) {
				throw tooMany(key, call);
			}
		}
		catch (InterruptedException ex) {
			throw call.interrupted("Interrupted while waiting for room for %s[%s]; %s was not made".formatted(this.name,
					this.keys.text(key, this.name), call.method()), ex);
		}
		finally {
			this.wanted.decrementAndGet();
		}
	}

	private void makeRoomIfWanted() {
		if (!this.room.isAvailable() && this.ending.get() < this.wanted.get()) {
			makeRoom();
		}
	}

	private TooManyKeysException tooMany(K key, RoutedCall call) {
		call.rejected("keys");
		return new TooManyKeysException(
				"%s[%s].%s was not made: there are %s instances, the maximum, and none of them became idle within the caller's time; raise greenroom.keyed.max-active, or use fewer keys at once"
					.formatted(this.name, this.keys.text(key, this.name), call.method(), this.options.maxActive()));
	}

	private void makeRoom() {
		this.ending.incrementAndGet();
		boolean ends = false;
		try {
			ends = retireLongestIdle(now(), "room");
		}
		finally {
			if (!ends) {
				this.ending.decrementAndGet();
			}
		}
	}

	/**
	 * Ends the longest idle of the instances that have not been used since the given
	 * time. Returns whether there was one. An instance with work that its callers do not
	 * know of is kept.
	 */
	private boolean retireLongestIdle(long since, String reason) {
		for (int i = 0; i < MOST_BUSY; i++) {
			Instance<?> longest = this.idle.poll(since);
			if (longest == null) {
				return false;
			}
			if (longest.retire(reason)) {
				return true;
			}
		}
		return false;
	}

	private void addIdle(Instance<?> instance) {
		if (!instance.isEntered()) {
			this.idle.add(instance);
			if (this.wanted.get() > 0) {
				this.room.lookAgain();
			}
			if (instance.isEnded()) {
				this.idle.remove(instance);
			}
		}
	}

	@Override
	public void idle(Instance<K> instance) {
		addIdle(instance);
	}

	@Override
	public Made make(Instance<K> instance) throws Throwable {
		long start = now();
		boolean success = false;
		try {
			Made made = this.factory.make(instance.key(), instance.handler());
			success = true;
			this.active.incrementAndGet();
			return made;
		}
		finally {
			boolean made = success;
			Duration took = Duration.ofNanos(now() - start);
			ForeignCode.run(log, "A listener", () -> this.listener.activated(made, took));
		}
	}

	@Override
	public void unmade(Instance<K> instance, Made before) {
		this.active.decrementAndGet();
		ForeignCode.run(log, "The end of an instance", () -> this.factory.end(instance.key(), before));
		ForeignCode.run(log, "A listener", () -> this.listener.passivated("stale"));
	}

	@Override
	public void ended(Instance<K> instance) {
		if (!this.closing || instance.made() == null) {
			end(instance);
		}
	}

	/** Ends the target of an instance, once, and releases the instance. */
	private void end(Instance<K> instance) {
		if (!instance.beginEnd()) {
			return;
		}
		Made made = instance.made();
		String reason = instance.reason();
		try {
			if (made != null) {
				this.factory.end(instance.key(), made);
			}
		}
		catch (Throwable failure) {
			Failures.log(log, Level.WARN, failure, "The end of {} failed", instance);
		}
		finally {
			this.idle.remove(instance);
			this.instances.remove(instance.key(), instance);
			if (made != null) {
				this.active.decrementAndGet();
			}
			if (reason.equals("room")) {
				this.ending.decrementAndGet();
			}
			this.room.giveBack();
			family().removed(instance.handler());
			instance.gone();
		}
		if (made != null) {
			ForeignCode.run(log, "A listener", () -> this.listener.passivated(reason));
		}
	}

	@Override
	public Duration pause() {
		Duration pause = this.options.idle().dividedBy(LOOKS_PER_IDLE);
		return (pause.compareTo(SHORTEST_PAUSE) > 0) ? pause : SHORTEST_PAUSE;
	}

	/** Ends all instances that have exceeded their idle time. */
	@Override
	public void look() {
		long since = now() - Math.min(TimeUnit.NANOSECONDS.convert(this.options.idle()), Long.MAX_VALUE / 2);
		boolean found = true;
		while (found && !family().isClosing()) {
			found = retireLongestIdle(since, "idle");
		}
	}

	/** Ends an instance now. Returns whether there is none any more. */
	boolean passivate(K key, Duration limit) {
		Instance<K> found = this.instances.get(key);
		if (found == null) {
			return true;
		}
		if (found.handler().isHeld() || !(found.retire("asked") || found.isClosed())) {
			return false;
		}
		try {
			return found.awaitChange(limit) && this.instances.get(key) != found;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/** From now on, instances that end are kept until {@link #endAll}. */
	void close() {
		this.closing = true;
	}

	/** Ends the targets of all instances, after their handlers have ended. */
	void endAll() {
		List<Instance<K>> left = List.copyOf(this.instances.values());
		int threads = Math.min(left.size(), 64);
		List<Runnable> jobs = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			int first = i;
			jobs.add(() -> {
				for (int at = first; at < left.size(); at += threads) {
					end(left.get(at));
				}
			});
		}
		family().runAll(jobs);
	}

	Iterable<Handler> handlers() {
		return () -> this.instances.values().stream().map(Instance::handler).iterator();
	}

}
