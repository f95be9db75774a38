package io.greenroom.durable.internal;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A stored call. Not intended for applications.
 *
 * @param place the place in its lane; the smallest is first
 * @param id the id of the call
 * @param method the name of the method
 * @param args the arguments as text
 * @param context the caller's context as text, or {@code null} if there is none
 * @param submitted when the call was made
 */
public record StoredCall(long place, String id, String method, String args, @Nullable String context,
		Instant submitted) {

}
