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
 * The handlers by key, for operators: how many keys are in which state, which of them
 * don't go on by themselves, where one key is. And the means to end the instance of a
 * key, so that the next call makes it anew from its row, where
 * {@code management.endpoint.greenroomkeys.access=unrestricted} asks for it. Nothing here
 * makes an instance.
 */
@Endpoint(id = "greenroomkeys", defaultAccess = Access.READ_ONLY)
public final class KeyedEndpoint {

	/** So many stranded keys are shown unless somebody asks for more. */
	private static final int STRANDED = 100;

	private final Supplier<List<KeyedHandler<?, ?>>> keyed;

	/**
	 * Makes the endpoint.
	 * @param keyed gives the handlers by key
	 */
	public KeyedEndpoint(Supplier<List<KeyedHandler<?, ?>>> keyed) {
		this.keyed = keyed;
	}

	/**
	 * Tells of all handlers by key.
	 * @return the counts of each, by the handler's name
	 */
	@ReadOperation
	public List<Counts> handlers() {
		return this.keyed.get().stream().map(KeyedEndpoint::counts).toList();
	}

	/**
	 * Tells of one handler by key, and of one of its keys if that is asked for.
	 * @param handler the handler's name
	 * @param key the text of a key, if any
	 * @param limit the greatest number of stranded keys
	 * @return what is known
	 * @throws InvalidEndpointRequestException if there is no such handler, its keys are
	 * never written so, or the limit is negative
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
	 * Ends the instance of a key if it has nothing to do. What it has not stored is gone
	 * with it.
	 * @param who knows who asks
	 * @param handler the handler's name
	 * @param key the text of the key
	 * @return whether there is no instance any more
	 * @throws InvalidEndpointRequestException if there is no such handler, or its keys
	 * are never written so
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
	 * How many keys a handler has.
	 *
	 * @param handler the handler's name
	 * @param active how many keys have an instance here
	 * @param states how many keys are in each state: of a durable handler all that are
	 * stored, of others those with an instance
	 */
	public record Counts(String handler, int active, Map<String, Long> states) {

	}

	/**
	 * The keys of a handler.
	 *
	 * @param counts how many there are
	 * @param entry the key that was asked for; {@code null} if none was, or it has
	 * neither an instance nor a row
	 * @param stranded those that don't go on by themselves, the oldest first
	 */
	public record Keys(Counts counts, @Nullable Entry entry, List<Stranded> stranded) {

		/** Copies the list. */
		public Keys {
			stranded = List.copyOf(stranded);
		}

	}

	/**
	 * What is known of one key.
	 *
	 * @param key the text of the key
	 * @param active whether it has an instance here
	 * @param state the state it is in; {@code null} if in none
	 * @param since since when
	 * @param deadline when the state's timeout is over
	 */
	public record Entry(String key, boolean active, @Nullable String state, @Nullable Instant since,
			@Nullable Instant deadline) {

	}

	/**
	 * A key that does not go on by itself.
	 *
	 * @param key the text of the key
	 * @param state the state it was in last
	 * @param since since when
	 * @param reason why it does not go on
	 */
	public record Stranded(String key, String state, Instant since, String reason) {

	}

	/**
	 * The end of an instance.
	 *
	 * @param key the text of the key
	 * @param passivated whether there is no instance any more; not if it has something to
	 * do
	 */
	public record Passivation(String key, boolean passivated) {

	}

}
