package io.greenroom.keyed;

import java.time.Instant;

/**
 * A key of a durable handler that does not go on by itself.
 *
 * @param key the key
 * @param state the state it was in last
 * @param since since when
 * @param reason why it does not go on: what the state failed with, or that there is no
 * such state
 * @param <K> the type of the keys
 */
public record StrandedKey<K>(K key, String state, Instant since, String reason) {

}
