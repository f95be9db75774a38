package io.greenroom.actuate.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.greenroom.durable.DeadLetter;
import io.greenroom.durable.DeadLetters;
import io.greenroom.observe.OutboxGauges;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The durable oneway calls that were given up, for operators: how many wait and how many
 * are dead, and the dead ones of a handler. And the means to try one again or throw it
 * away, where {@code management.endpoint.greenroomdeadletters.access=unrestricted} asks
 * for it.
 */
@Endpoint(id = "greenroomdeadletters", defaultAccess = Access.READ_ONLY)
public final class DeadLettersEndpoint {

	/** So many letters are shown unless somebody asks for more. */
	private static final int SHOWN = 100;

	/** What stands in place of arguments. */
	private static final String HIDDEN = "not shown unless greenroom.show-arguments=true";

	private final Supplier<@Nullable DeadLetters> letters;

	private final boolean showsArguments;

	private final Supplier<Map<String, ? extends OutboxGauges>> backlog;

	/**
	 * Makes the endpoint.
	 * @param letters gives the dead letters, {@code null} if no handler has durable calls
	 * @param backlog gives what waits of each handler
	 * @param showsArguments whether to show the arguments of the calls
	 */
	public DeadLettersEndpoint(Supplier<@Nullable DeadLetters> letters,
			Supplier<Map<String, ? extends OutboxGauges>> backlog, boolean showsArguments) {
		this.showsArguments = showsArguments;
		this.letters = letters;
		this.backlog = backlog;
	}

	/**
	 * Tells of all handlers with durable oneway methods.
	 * @return the numbers of each, as of a few seconds ago
	 */
	@ReadOperation
	public List<Lanes> handlers() {
		List<Lanes> all = new ArrayList<>();
		this.backlog.get()
			.forEach((handler, gauges) -> all
				.add(new Lanes(handler, gauges.waiting(), gauges.oldestAge().toMillis(), gauges.dead())));
		all.sort((one, other) -> one.handler().compareTo(other.handler()));
		return all;
	}

	/**
	 * Tells of the dead letters of a handler.
	 * @param handler the handler's name in the database
	 * @param limit the greatest number of letters
	 * @return the letters, the one longest dead first
	 * @throws InvalidEndpointRequestException if the limit is negative
	 */
	@ReadOperation
	public List<DeadLetter> letters(@Selector String handler, @Nullable Integer limit) {
		DeadLetters found = this.letters.get();
		try {
			return (found != null)
					? found.list(handler, (limit != null) ? limit : SHOWN).stream().map(this::shown).toList()
					: List.of();
		}
		catch (IllegalArgumentException wrong) {
			throw rejection(String.valueOf(wrong.getMessage()));
		}
	}

	private DeadLetter shown(DeadLetter letter) {
		return this.showsArguments ? letter
				: new DeadLetter(letter.id(), letter.handler(), letter.key(), letter.method(), HIDDEN,
						letter.submitted(), letter.died(), letter.attempts(), letter.error(), letter.halts());
	}

	/**
	 * Has a call delivered after all.
	 * @param who knows who asks
	 * @param id the id of the letter
	 * @return what was done
	 * @throws InvalidEndpointRequestException if there is no such letter
	 */
	@WriteOperation
	public Done replay(SecurityContext who, @Selector String id) {
		DeadLetters found = this.letters.get();
		if (found == null || !found.replay(id)) {
			throw unknown(id);
		}
		OperatorLog.did(who, "replayed dead letter '%s'".formatted(id));
		return new Done(id, "replayed");
	}

	/**
	 * Throws a call away.
	 * @param who knows who asks
	 * @param id the id of the letter
	 * @return what was done
	 * @throws InvalidEndpointRequestException if there is no such letter
	 */
	@DeleteOperation
	public Done discard(SecurityContext who, @Selector String id) {
		DeadLetters found = this.letters.get();
		if (found == null || !found.discard(id)) {
			throw unknown(id);
		}
		OperatorLog.did(who, "discarded dead letter '%s'".formatted(id));
		return new Done(id, "discarded");
	}

	private static InvalidEndpointRequestException unknown(String id) {
		return rejection("There is no dead letter '%s'; it may have been replayed or discarded".formatted(id));
	}

	private static InvalidEndpointRequestException rejection(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

	/**
	 * What there is of a handler, on all nodes.
	 *
	 * @param handler the handler's name in the database
	 * @param waiting how many calls wait to be delivered, at most 100000
	 * @param oldestMillis how long ago the first of them was made
	 * @param dead how many were given up
	 */
	public record Lanes(String handler, long waiting, long oldestMillis, long dead) {

	}

	/**
	 * What was done with a letter.
	 *
	 * @param id the id of the letter
	 * @param done {@code replayed} or {@code discarded}
	 */
	public record Done(String id, String done) {

	}

}
