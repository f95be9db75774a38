package io.greenroom.durable.internal;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/** Rolls back the transaction of a body whose call was taken over by another node. */
final class LostDeliveryException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	LostDeliveryException(String message) {
		super(message, null);
	}

}
