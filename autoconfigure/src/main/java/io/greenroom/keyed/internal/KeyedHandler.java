package io.greenroom.keyed.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.internal.BodyGuard;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.Delivering;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerFamily;
import io.greenroom.deferred.internal.HandlerHost.Made;
import io.greenroom.deferred.internal.HandlerRoute;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.deferred.internal.RoutedCall;
import io.greenroom.deferred.internal.StoredCalls;
import io.greenroom.green.GreenScheduler;
import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.KeyedEntry;
import io.greenroom.keyed.StrandedKey;
import io.greenroom.observe.KeyedGauges;
import io.greenroom.observe.KeyedListener;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only implementation of {@link Keyed}. For integrations, which create and close it;
 * not intended for applications.
 *
 * @param <K> the type of the keys
 * @param <T> the handler's class
 */
public final class KeyedHandler<K, T> implements Keyed<K, T>, AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Keyed.class);

	/** The maximum age of meter values that only the database knows. */
	private static final Duration FRESH = Duration.ofSeconds(5);

	private final Class<T> type;

	private final KeyType keys;

	private final HandlerOptions options;

	private final KeyedFactory<K> factory;

	private final ActiveKeys<K> here;

	private final KeyRouter<K> router;

	private final HandlerFamily family;

	/** Keeps calls of durable methods. Set once, if at all, before the first call. */
	private @Nullable StoredCalls stored;

	/** A strong reference, because observers hold gauges weakly. */
	private final KeyedGauges gauges;

	/**
	 * Creates a keyed handler without instances, as a service of its scheduler.
	 * @param scheduler the scheduler of its threads
	 * @param type the handler's class
	 * @param keys the type of its keys
	 * @param options the options of its calls, and the handler's name
	 * @param keyedOptions how long instances are kept
	 * @param transactions the transactions of the callers
	 * @param passing selects the methods that are not calls and run on the caller's
	 * thread
	 * @param factory creates the instances
	 */
	public KeyedHandler(GreenScheduler scheduler, Class<T> type, KeyType keys, HandlerOptions options,
			KeyedOptions keyedOptions, CallerTransactions transactions, Predicate<Method> passing,
			KeyedFactory<K> factory) {
		this(scheduler, type, keys, options, keyedOptions, transactions, passing, factory, KeyRouting.HERE);
	}

	/**
	 * Creates a keyed handler without instances, as a service of its scheduler.
	 * @param scheduler the scheduler of its threads
	 * @param type the handler's class
	 * @param keys the type of its keys
	 * @param options the options of its calls, and the handler's name
	 * @param keyedOptions how long instances are kept
	 * @param transactions the transactions of the callers
	 * @param passing selects the methods that are not calls and run on the caller's
	 * thread
	 * @param factory creates the instances
	 * @param routing chooses where calls run
	 */
	public KeyedHandler(GreenScheduler scheduler, Class<T> type, KeyType keys, HandlerOptions options,
			KeyedOptions keyedOptions, CallerTransactions transactions, Predicate<Method> passing,
			KeyedFactory<K> factory, KeyRouting routing) {
		this.type = type;
		this.keys = keys;
		this.options = options;
		this.factory = factory;
		AtomicInteger active = new AtomicInteger();
		this.gauges = new StoredCounts(options.name(), scheduler, active, factory, FRESH);
		KeyedListener listener = ForeignCode.ask(log, "An observer", KeyedListener.NONE,
				() -> scheduler.observer().keyed(options.name(), this.gauges));
		this.here = new ActiveKeys<>(options.name(), keys, keyedOptions, factory, active,
				(listener != null) ? listener : KeyedListener.NONE);
		this.family = new HandlerFamily(scheduler, HandlerType.of(type), options, transactions, passing,
				this.here::handlers, this.here);
		this.here.in(this.family);
		this.router = routing.route(this, this.here);
	}

	/**
	 * Creates a keyed handler without Spring, with the default options. It ends with the
	 * scheduler, or when it is closed.
	 * @param scheduler the scheduler of its threads
	 * @param type the handler's class
	 * @param keys the type of its keys
	 * @param options how long instances are kept
	 * @param constructor creates the instance of a key
	 * @return the handler
	 * @param <K> the type of the keys
	 * @param <T> the handler's class
	 */
	public static <K, T> KeyedHandler<K, T> of(GreenScheduler scheduler, Class<T> type, Class<K> keys,
			KeyedOptions options, Function<? super K, ? extends T> constructor) {
		HandlerOptions named = HandlerOptions.builder().name(type.getSimpleName()).build();
		return new KeyedHandler<>(scheduler, type, new KeyType(keys), named, options, CallerTransactions.NONE,
				(method) -> false, (key, handler) -> {
					T made = constructor.apply(key);
					return new Made(made, made);
				});
	}

	/**
	 * Returns what the instances have in common. Used to run calls of other nodes.
	 * @return the family
	 */
	public HandlerFamily family() {
		return this.family;
	}

	/**
	 * Makes a call in this JVM whose body is let in by a guard.
	 * @param key the key
	 * @param call the call
	 * @param guard lets the body in
	 * @return the result for the caller
	 * @throws Throwable the exception for the caller
	 */
	public @Nullable Object call(K key, RoutedCall call, BodyGuard guard) throws Throwable {
		return this.here.call(key, call, guard);
	}

	/**
	 * Returns whether the current thread runs a body of a key or creates its instance.
	 * @param key the key
	 * @return {@code true} if a call from this thread runs immediately
	 */
	public boolean isHeld(K key) {
		Instance<K> found = this.here.find(key);
		return found != null && found.handler().isHeld();
	}

	/**
	 * Ends the idle instances of some keys. The busy ones are optionally created anew
	 * before their next call. Does not wait.
	 * @param which selects the keys
	 * @param anew whether busy instances are created anew
	 */
	public void drop(Predicate<? super K> which, boolean anew) {
		StackRoom.check();
		this.here.drop(which, anew);
	}

	/**
	 * Creates the target of an instance anew if {@link #drop} asked for it. Must be
	 * called before a body, by the thread that runs it.
	 * @param key the key
	 * @return whether it was asked for; if so, the body must not run on the previous
	 * target
	 */
	public boolean renewDropped(K key) {
		return this.here.renewDropped(key);
	}

	/**
	 * Returns the handler's name.
	 * @return the name
	 */
	public String name() {
		return this.options.name();
	}

	/**
	 * Returns the key with a text.
	 * @param text the text
	 * @return the key
	 * @throws IllegalArgumentException if no key has that text
	 */
	@SuppressWarnings("unchecked")
	public K key(String text) {
		Objects.requireNonNull(text, "text");
		try {
			return (K) this.keys.parse(text);
		}
		catch (IllegalArgumentException wrong) {
			throw new IllegalArgumentException("Handler '%s' has no key '%s'; its keys are of type %s".formatted(name(),
					text, this.keys.type().getSimpleName()), wrong);
		}
	}

	/**
	 * Returns the text of a key.
	 * @param key the key
	 * @return its text
	 * @throws IllegalArgumentException if it has more than 200 characters
	 */
	public String text(K key) {
		return this.keys.text(key, name());
	}

	@Override
	public T get(K key) {
		return this.family.view(this.type, route(key));
	}

	@Override
	public Deferred<T> deferred(K key) {
		return this.family.deferred(this.type, route(key));
	}

	/**
	 * Sets where calls of durable methods are stored. Must be called once, before the
	 * first call.
	 * @param calls stores the calls
	 */
	public void storedBy(StoredCalls calls) {
		this.stored = Objects.requireNonNull(calls, "calls");
	}

	/**
	 * Delivers a stored call to the mailbox of its key.
	 * @param key the text that the call was stored with
	 * @param method the method
	 * @param arguments the arguments that the caller passed
	 * @param round wraps the body
	 * @return a future that completes with the call
	 * @throws Throwable if the call could not be made
	 */
	@SuppressWarnings("unchecked")
	public CompletableFuture<@Nullable Object> deliver(String key, Method method, @Nullable Object[] arguments,
			Delivering round) throws Throwable {
		StackRoom.check();
		Object future = this.router.call(key(key), this.family.delivery(method, arguments, round));
		return (CompletableFuture<@Nullable Object>) Objects.requireNonNull(future);
	}

	/**
	 * Returns whether calls of a key are made in this JVM.
	 * @param key the text of the key
	 * @return {@code true} if they are, as far as is known now; also if no key has that
	 * text
	 */
	public boolean isHere(String key) {
		K known = keyOrNull(key);
		return known == null || this.router.isHere(known);
	}

	/**
	 * Asks the owner of a key to look for stored calls. Returns at once.
	 * @param key the text of the key
	 */
	public void hint(String key) {
		K known = keyOrNull(key);
		if (known != null) {
			this.router.hint(known);
		}
	}

	private @Nullable K keyOrNull(String key) {
		try {
			return key(key);
		}
		catch (IllegalArgumentException none) {
			// The call itself reports it.
			return null;
		}
	}

	/**
	 * Looks for stored calls of a key if there may be any.
	 * @param key the text of the key
	 */
	public void hinted(String key) {
		StoredCalls calls = this.stored;
		if (calls != null) {
			calls.hint(key);
		}
	}

	private Route<K> route(K key) {
		return new Route<>(this.router, key, name(), this.keys.text(key, name()), this.stored);
	}

	@Override
	public List<KeyedEntry<K>> in(String state, int limit) {
		if (!this.factory.states().contains(state)) {
			throw new IllegalArgumentException(
					"Handler '%s' has no state '%s'; %s".formatted(name(), state, this.factory.states().isEmpty()
							? "its class has no states" : "its states are " + new TreeSet<>(this.factory.states())));
		}
		requireLimit(limit);
		List<KeyedEntry<K>> stored = this.factory.in(state, limit);
		if (stored != null) {
			return stored;
		}
		List<KeyedEntry<K>> found = new ArrayList<>();
		for (Instance<K> instance : this.here.all()) {
			KeyedEntry<K> entry = entry(instance);
			if (entry != null && state.equals(entry.state())) {
				found.add(entry);
			}
		}
		found.sort(Comparator.comparing((entry) -> Objects.requireNonNullElse(entry.since(), Instant.MAX)));
		return List.copyOf(found.subList(0, Math.min(limit, found.size())));
	}

	private static void requireLimit(int limit) {
		if (limit < 0) {
			throw new IllegalArgumentException("The limit is " + limit + "; give 0 or more");
		}
	}

	@Override
	public Map<String, Long> counts() {
		Map<String, Long> counts = new TreeMap<>();
		this.factory.states().forEach((state) -> counts.put(state, 0L));
		Map<String, Long> stored = this.factory.counts();
		if (stored != null) {
			counts.putAll(stored);
			return counts;
		}
		for (Instance<K> instance : this.here.all()) {
			KeyedEntry<K> entry = entry(instance);
			if (entry != null && entry.state() != null) {
				counts.merge(entry.state(), 1L, Long::sum);
			}
		}
		return counts;
	}

	@Override
	public List<StrandedKey<K>> stranded(int limit) {
		requireLimit(limit);
		return this.factory.stranded(limit);
	}

	/**
	 * Creates the instance of a key if there is none, and waits until it exists.
	 * @param key the key
	 * @throws Throwable what a caller of any of its methods would receive
	 */
	public void activate(K key) throws Throwable {
		StackRoom.check();
		this.keys.text(key, name());
		this.router.call(key, this.family.waking());
	}

	/**
	 * Returns whether a key has an instance.
	 * @param key the key
	 * @return {@code true} if it has one, or one is being created
	 */
	public boolean isActive(K key) {
		return this.here.find(key) != null;
	}

	@Override
	public Optional<KeyedEntry<K>> entry(K key) {
		this.keys.text(key, name());
		if (this.factory.isStored()) {
			return Optional.ofNullable(this.factory.stored(key));
		}
		Instance<K> instance = this.here.find(key);
		return Optional.ofNullable((instance != null) ? entry(instance) : null);
	}

	private @Nullable KeyedEntry<K> entry(Instance<K> instance) {
		Made made = instance.made();
		if (made == null) {
			return null;
		}
		KeyedEntry<K> entry = this.factory.entry(instance.key(), made);
		return (entry != null) ? entry : new KeyedEntry<>(instance.key(), null, null, null);
	}

	@Override
	public int active() {
		return this.here.active();
	}

	@Override
	public boolean passivate(K key) {
		StackRoom.check();
		this.keys.text(key, name());
		return this.here.passivate(key, this.options.timeout());
	}

	/**
	 * Returns a snapshot.
	 * @param most the maximum number of busy instances to include
	 * @return the snapshot
	 */
	public KeyedSnapshot snapshot(int most) {
		return snapshot(most, false);
	}

	/**
	 * Returns what can be seen of the handler now, with the arguments of what runs.
	 * @param most how many instances to show in full
	 * @param arguments whether to show the arguments
	 * @return the snapshot
	 */
	public KeyedSnapshot snapshot(int most, boolean arguments) {
		List<HandlerSnapshot> awake = this.family.awake()
			.stream()
			.map((handler) -> handler.snapshot(arguments))
			.toList();
		List<HandlerSnapshot> busiest = awake.stream()
			.filter((handler) -> handler.queued() > 0 || !handler.running().isEmpty() || !handler.waits().isEmpty())
			.sorted(Comparator.comparingInt(HandlerSnapshot::queued)
				.thenComparing(HandlerSnapshot::oldestAge)
				.reversed()
				.thenComparing(HandlerSnapshot::name))
			.toList();
		return new KeyedSnapshot(name(), active(), awake.size(), busiest.size(),
				awake.stream().mapToInt(HandlerSnapshot::queued).sum(),
				awake.stream().map(HandlerSnapshot::oldestAge).max(Duration::compareTo).orElse(Duration.ZERO),
				strandedCount(), busiest.subList(0, Math.min(most, busiest.size())));
	}

	private @Nullable Long strandedCount() {
		double count = this.gauges.stranded();
		return Double.isNaN(count) ? null : (long) count;
	}

	/**
	 * Returns the instances that have a green thread: those that have something to do,
	 * and those that had a moment ago.
	 * @return a copy, in any order
	 */
	public List<Handler> awake() {
		return this.family.awake();
	}

	/**
	 * Returns the current stack of a thread that runs an instance.
	 * @param thread the thread's name
	 * @return its frames, innermost first; empty if no such thread runs an instance
	 */
	public List<StackTraceElement> stack(String thread) {
		return this.family.awake()
			.stream()
			.map((handler) -> handler.stack(thread))
			.filter((stack) -> !stack.isEmpty())
			.findFirst()
			.orElse(List.of());
	}

	/**
	 * Rejects further calls, gives accepted calls the time that callers wait for an
	 * answer, and ends all instances. Idempotent. An interrupt shortens the wait for
	 * calls; the thread's interrupt flag stays set.
	 */
	@Override
	public void close() {
		StackRoom.check();
		this.here.close();
		boolean interrupted = false;
		try {
			this.family.stop(this.options.timeout());
		}
		catch (InterruptedException ex) {
			interrupted = true;
			stopNow();
		}
		this.here.endAll();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void stopNow() {
		try {
			this.family.stop(Duration.ZERO);
		}
		catch (InterruptedException again) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public String toString() {
		return "Keyed[" + name() + "]";
	}

	/** The way to the instance of a key. */
	private record Route<K>(KeyRouter<K> router, K key, String handler, String text,
			@Nullable StoredCalls stored) implements HandlerRoute {

		@Override
		public @Nullable Object call(RoutedCall call) throws Throwable {
			if (this.stored != null && call.store(this.stored, KeyType.storedText(this.key))) {
				return null;
			}
			return this.router.call(this.key, call);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Route<?> that && that.router == this.router && that.key.equals(this.key);
		}

		@Override
		public int hashCode() {
			return this.key.hashCode();
		}

		@Override
		public String toString() {
			return this.handler + "[" + this.text + "]";
		}

	}

}
