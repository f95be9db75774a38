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
 * Actuator endpoint for durable oneway calls that were given up. It shows how many calls
 * are waiting and how many are dead, and lists the dead calls of a handler. It can also
 * replay or discard a dead call if
 * {@code management.endpoint.greenroomdeadletters.access=unrestricted} is set.
 */
@Endpoint(id = "greenroomdeadletters", defaultAccess = Access.READ_ONLY)
public final class DeadLettersEndpoint {

	/** The number of letters that are shown by default. */
	private static final int SHOWN = 100;

	/** The text that is shown in place of arguments. */
	private static final String HIDDEN = "not shown unless greenroom.show-arguments=true";

	private final Supplier<@Nullable DeadLetters> letters;

	private final boolean showsArguments;

	private final Supplier<Map<String, ? extends OutboxGauges>> backlog;

	/**
	 * Creates the endpoint.
	 * @param letters supplies the dead letters, or {@code null} if no handler has durable
	 * calls
	 * @param backlog supplies the number of waiting calls of each handler
	 * @param showsArguments whether to show the arguments of the calls
	 */
	public DeadLettersEndpoint(Supplier<@Nullable DeadLetters> letters,
			Supplier<Map<String, ? extends OutboxGauges>> backlog, boolean showsArguments) {
		this.showsArguments = showsArguments;
		this.letters = letters;
		this.backlog = backlog;
	}

	/**
	 * Returns the numbers of all handlers that have durable oneway methods.
	 * @return the numbers of each handler, at most a few seconds old
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
	 * Returns the dead letters of a handler.
	 * @param handler the name of the handler in the database
	 * @param limit the maximum number of letters
	 * @return the letters, starting with the one that has been dead for the longest time
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
	 * Delivers a call that was given up.
	 * @param who the security context of the request
	 * @param id the id of the letter
	 * @return a description of what was done
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
	 * Discards a call that was given up.
	 * @param who the security context of the request
	 * @param id the id of the letter
	 * @return a description of what was done
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
	 * The numbers of a handler's durable calls, on all nodes.
	 *
	 * @param handler the name of the handler in the database
	 * @param waiting the number of calls that wait to be delivered, at most 100000
	 * @param oldestMillis the time since the oldest of them was made, in milliseconds
	 * @param dead the number of calls that were given up
	 */
	public record Lanes(String handler, long waiting, long oldestMillis, long dead) {

	}

	/**
	 * The result of an operation on a letter.
	 *
	 * @param id the id of the letter
	 * @param done {@code replayed} or {@code discarded}
	 */
	public record Done(String id, String done) {

	}

}
