package io.greenroom.keyed;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a key that has an instance or a row.
 *
 * @param key the key
 * @param state the current state, or {@code null} if the key is in no state
 * @param since when the state was entered, or {@code null} if the key is in no state
 * @param deadline when the state times out, or {@code null} if it has no timeout
 * @param <K> the type of the keys
 */
public record KeyedEntry<K>(K key, @Nullable String state, @Nullable Instant since, @Nullable Instant deadline) {

}
