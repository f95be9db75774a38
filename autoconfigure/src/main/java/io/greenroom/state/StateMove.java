package io.greenroom.state;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One move of a machine.
 *
 * @param from the state it left, {@code null} when it was started
 * @param to the state it entered
 * @param at when it did
 */
public record StateMove(@Nullable String from, String to, Instant at) {
}
