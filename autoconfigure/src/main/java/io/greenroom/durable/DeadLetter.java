package io.greenroom.durable;

import java.time.Instant;

import io.greenroom.deferred.Oneway;
import org.jspecify.annotations.Nullable;

/**
 * A {@linkplain Oneway#durable() durable oneway} call that was given up.
 *
 * @param id the id of the call, as {@link Delivery#id()}
 * @param handler the handler's name in the database: that of {@link Durable}, or of the
 * bean
 * @param key the text of its key; {@code null} for a handler without keys
 * @param method the name of the method
 * @param arguments the arguments as JSON, by their position
 * @param submitted when it was made
 * @param died when it was given up
 * @param attempts how often it was tried
 * @param error what the last attempt threw, with the beginning of its stack
 * @param halts whether the calls behind it wait for what becomes of it
 */
public record DeadLetter(String id, String handler, @Nullable String key, String method, String arguments,
		Instant submitted, Instant died, int attempts, String error, boolean halts) {

}
