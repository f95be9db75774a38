package io.greenroom.durable;

import io.greenroom.deferred.Oneway;
import io.greenroom.durable.internal.DeliveryRun;

/**
 * One attempt to deliver a {@linkplain Oneway#durable() durable oneway} call, for bodies
 * whose effect is outside the database: whom the id is sent on to can tell a repeat from
 * another call.
 *
 * @param id the id of the call, the same at each attempt and after a replay, and never
 * that of another one
 * @param attempt which attempt this is, from 1; of an attempt that a crash has cut off it
 * is not known how far it came, and it counts
 */
public record Delivery(String id, int attempt) {

	/**
	 * Returns the delivery whose body the current thread runs.
	 * @return the delivery
	 * @throws IllegalStateException if it runs none: the method was called directly
	 */
	public static Delivery current() {
		DeliveryRun run = DeliveryRun.current();
		if (run == null) {
			throw new IllegalStateException(
					"Thread '%s' delivers no durable oneway call; call the method through its bean or Keyed, or pass the id as an argument"
						.formatted(Thread.currentThread().getName()));
		}
		return run.delivery();
	}

}
