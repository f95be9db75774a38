package io.greenroom.durable.internal;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A call that is stored. Users don't need this.
 *
 * @param place its place in its lane: who has the smaller one is first
 * @param id its id
 * @param method the name of the method
 * @param args the arguments as text
 * @param context what goes along of its caller's context, as text
 * @param submitted when it was made
 */
public record StoredCall(long place, String id, String method, String args, @Nullable String context,
		Instant submitted) {

}
