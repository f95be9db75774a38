package io.greenroom.web.internal;

import io.greenroom.green.Reservation;
import io.greenroom.green.Slot;
import io.greenroom.web.PoolRejectedException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/**
 * Admits a request to its pool, unless its client has disconnected while it waited in
 * line.
 */
final class RequestAdmission {

	private final ClientPresence clients;

	RequestAdmission(ClientPresence clients) {
		this.clients = clients;
	}

	/**
	 * Waits for the slot on the calling thread.
	 * @throws PoolRejectedException if no slot is free in time
	 * @throws AsyncRequestNotUsableException if no client waits for the answer any more
	 */
	SlotLease enter(ControllerPool pool, Reservation reservation, HttpServletRequest request)
			throws AsyncRequestNotUsableException {
		boolean queued = !reservation.isReady();
		Slot slot = pool.await(reservation);
		try {
			if (queued && this.clients.isGone(request)) {
				throw new AsyncRequestNotUsableException(
						"The client disconnected while its request waited for a slot of " + pool.pool()
								+ "; the controller is not run");
			}
			return new SlotLease(pool, slot);
		}
		catch (Throwable failure) {
			slot.close();
			throw failure;
		}
	}

}
