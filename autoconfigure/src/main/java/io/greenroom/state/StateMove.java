package io.greenroom.state;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One move of a machine.
 *
 * @param from the state it left, or {@code null} if it was started
 * @param to the state it entered
 * @param at when it entered that state
 */
public record StateMove(@Nullable String from, String to, Instant at) {
}
