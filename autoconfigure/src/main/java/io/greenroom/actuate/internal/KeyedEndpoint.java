package io.greenroom.actuate.internal;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

import io.greenroom.keyed.KeyedEntry;
import io.greenroom.keyed.StrandedKey;
import io.greenroom.keyed.internal.KeyedHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * Actuator endpoint for handlers by key. It shows the number of keys in each state, the
 * keys that do not continue by themselves, and the state of a single key. It can also end
 * the instance of a key if {@code management.endpoint.greenroomkeys.access=unrestricted}
 * is set. The next call then creates the instance again from its row. The endpoint itself
 * never creates an instance.
 */
@Endpoint(id = "greenroomkeys", defaultAccess = Access.READ_ONLY)
public final class KeyedEndpoint {

	/** The number of stranded keys that are shown by default. */
	private static final int STRANDED = 100;

	private final Supplier<List<KeyedHandler<?, ?>>> keyed;

	/**
	 * Creates the endpoint.
	 * @param keyed supplies the handlers by key
	 */
	public KeyedEndpoint(Supplier<List<KeyedHandler<?, ?>>> keyed) {
		this.keyed = keyed;
	}

	/**
	 * Returns the number of keys of all handlers by key.
	 * @return the counts of each handler, by its name
	 */
	@ReadOperation
	public List<Counts> handlers() {
		return this.keyed.get().stream().map(KeyedEndpoint::counts).toList();
	}

	/**
	 * Returns the keys of one handler, and the details of one key if it is given.
	 * @param handler the name of the handler
	 * @param key the text of a key, if any
	 * @param limit the maximum number of stranded keys
	 * @return the keys of the handler
	 * @throws InvalidEndpointRequestException if there is no such handler, if the text is
	 * not a valid key of it, or if the limit is negative
	 */
	@ReadOperation
	public Keys handler(@Selector String handler, @Nullable String key, @Nullable Integer limit) {
		return keys(find(handler), key, (limit != null) ? limit : STRANDED);
	}

	private static <K> Keys keys(KeyedHandler<K, ?> handler, @Nullable String key, int limit) {
		try {
			Entry entry = (key != null)
					? handler.entry(handler.key(key)).map((found) -> entry(handler, found)).orElse(null) : null;
			return new Keys(counts(handler), entry,
					handler.stranded(limit).stream().map((found) -> stranded(handler, found)).toList());
		}
		catch (IllegalArgumentException wrong) {
			throw rejection(String.valueOf(wrong.getMessage()));
		}
	}

	/**
	 * Ends the instance of a key if it has nothing to do. Everything that the instance
	 * has not stored is lost.
	 * @param who the security context of the request
	 * @param handler the name of the handler
	 * @param key the text of the key
	 * @return whether the key no longer has an instance
	 * @throws InvalidEndpointRequestException if there is no such handler, or if the text
	 * is not a valid key of it
	 */
	@DeleteOperation
	public Passivation passivate(SecurityContext who, @Selector String handler, String key) {
		Passivation done = passivate(find(handler), key);
		OperatorLog.did(who, "%s key '%s' of handler '%s'"
			.formatted(done.passivated() ? "passivated" : "asked in vain to passivate", key, handler));
		return done;
	}

	private static <K> Passivation passivate(KeyedHandler<K, ?> handler, String key) {
		try {
			return new Passivation(key, handler.passivate(handler.key(key)));
		}
		catch (IllegalArgumentException wrong) {
			throw rejection(String.valueOf(wrong.getMessage()));
		}
	}

	private KeyedHandler<?, ?> find(String name) {
		List<KeyedHandler<?, ?>> all = this.keyed.get();
		return all.stream()
			.filter((handler) -> handler.name().equals(name))
			.findFirst()
			.orElseThrow(() -> rejection("There is no handler by key '%s'; there are %s".formatted(name,
					new TreeSet<>(all.stream().map(KeyedHandler::name).toList()))));
	}

	private static InvalidEndpointRequestException rejection(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

	private static Counts counts(KeyedHandler<?, ?> handler) {
		return new Counts(handler.name(), handler.active(), handler.counts());
	}

	private static <K> Entry entry(KeyedHandler<K, ?> handler, KeyedEntry<K> entry) {
		return new Entry(handler.text(entry.key()), handler.isActive(entry.key()), entry.state(), entry.since(),
				entry.deadline());
	}

	private static <K> Stranded stranded(KeyedHandler<K, ?> handler, StrandedKey<K> key) {
		return new Stranded(handler.text(key.key()), key.state(), key.since(), key.reason());
	}

	/**
	 * The number of keys of a handler.
	 *
	 * @param handler the name of the handler
	 * @param active the number of keys that have an instance on this node
	 * @param states the number of keys in each state: all stored keys for a durable
	 * handler, and the keys with an instance for other handlers
	 */
	public record Counts(String handler, int active, Map<String, Long> states) {

	}

	/**
	 * The keys of a handler.
	 *
	 * @param counts the number of keys
	 * @param entry the requested key, or {@code null} if none was requested or if it has
	 * neither an instance nor a row
	 * @param stranded the keys that do not continue by themselves, the oldest first
	 */
	public record Keys(Counts counts, @Nullable Entry entry, List<Stranded> stranded) {

		/** Copies the given list. */
		public Keys {
			stranded = List.copyOf(stranded);
		}

	}

	/**
	 * The details of one key.
	 *
	 * @param key the text of the key
	 * @param active whether the key has an instance on this node
	 * @param state the current state, or {@code null} if there is none
	 * @param since the time since which this has been so
	 * @param deadline the time at which the state's timeout expires
	 */
	public record Entry(String key, boolean active, @Nullable String state, @Nullable Instant since,
			@Nullable Instant deadline) {

	}

	/**
	 * A key that does not continue by itself.
	 *
	 * @param key the text of the key
	 * @param state the last state of the key
	 * @param since the time since which this has been so
	 * @param reason the reason why the key does not continue
	 */
	public record Stranded(String key, String state, Instant since, String reason) {

	}

	/**
	 * The result of ending an instance.
	 *
	 * @param key the text of the key
	 * @param passivated whether the key no longer has an instance; {@code false} if the
	 * instance has something to do
	 */
	public record Passivation(String key, boolean passivated) {

	}

}
