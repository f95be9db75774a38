package io.greenroom.durable;

import java.time.Instant;

import io.greenroom.deferred.Oneway;
import org.jspecify.annotations.Nullable;

/**
 * A {@linkplain Oneway#durable() durable oneway} call whose delivery was given up.
 *
 * @param id the id of the call, as {@link Delivery#id()}
 * @param handler the handler's name in the database: that of {@link Durable}, or of the
 * bean
 * @param key the text of the key, or {@code null} for a handler without keys
 * @param method the name of the method
 * @param arguments the arguments as JSON, by their position
 * @param submitted when the call was made
 * @param died when the call was given up
 * @param attempts the number of attempts
 * @param error the exception of the last attempt, with the beginning of its stack
 * @param halts whether the calls behind it wait until it is replayed or discarded
 */
public record DeadLetter(String id, String handler, @Nullable String key, String method, String arguments,
		Instant submitted, Instant died, int attempts, String error, boolean halts) {

}
