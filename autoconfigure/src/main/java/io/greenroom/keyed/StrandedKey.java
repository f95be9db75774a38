package io.greenroom.keyed;

import java.time.Instant;

/**
 * A key of a durable handler that does not continue without help.
 *
 * @param key the key
 * @param state the last state of the key
 * @param since when that state was entered
 * @param reason the failure of the state, or the statement that the class has no such
 * state
 * @param <K> the type of the keys
 */
public record StrandedKey<K>(K key, String state, Instant since, String reason) {

}
