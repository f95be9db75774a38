package io.greenroom.durable;

import io.greenroom.deferred.Oneway;
import io.greenroom.durable.internal.DeliveryRun;

/**
 * One attempt to deliver a {@linkplain Oneway#durable() durable oneway} call. Intended
 * for bodies whose effect is outside the database: a receiver to which the id is passed
 * on can tell a repeated call from another one.
 *
 * @param id the id of the call, which is the same at each attempt and after a replay, and
 * unique to the call
 * @param attempt the number of the attempt, from 1; an attempt that a crash has cut off
 * counts, although it is not known how far it came
 */
public record Delivery(String id, int attempt) {

	/**
	 * Returns the delivery whose body the current thread runs.
	 * @return the delivery
	 * @throws IllegalStateException if the thread runs no delivery, because the method
	 * was called directly
	 */
	public static Delivery current() {
		DeliveryRun run = DeliveryRun.current();
		if (run == null) {
			throw new IllegalStateException(
					"Thread '%s' is not delivering a durable oneway call; call the method through its bean or Keyed, or pass the id as an argument"
						.formatted(Thread.currentThread().getName()));
		}
		return run.delivery();
	}

}
