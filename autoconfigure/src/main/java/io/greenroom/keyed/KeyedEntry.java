package io.greenroom.keyed;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a key that has an instance, or a row.
 *
 * @param key the key
 * @param state the state it is in; {@code null} if in none, or if its class has none
 * @param since since when; {@code null} if in no state
 * @param deadline when the state's timeout is over; {@code null} if it has none
 * @param <K> the type of the keys
 */
public record KeyedEntry<K>(K key, @Nullable String state, @Nullable Instant since, @Nullable Instant deadline) {

}
