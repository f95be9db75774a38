package io.greenroom.durable.internal;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/** Rolls the transaction of a body back whose call was another node's by then. */
final class LostDeliveryException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	LostDeliveryException(String message) {
		super(message, null);
	}

}
