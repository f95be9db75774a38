package io.greenroom.web.internal;

import io.greenroom.green.Reservation;
import io.greenroom.green.Slot;
import io.greenroom.web.PoolRejectedException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/**
 * Admits requests to pools, unless their clients have disconnected while they waited in
 * line.
 */
final class RequestAdmission {

	private RequestAdmission() {
	}

	/**
	 * Waits for the slot on the calling thread.
	 * @throws PoolRejectedException if no slot is free in time
	 * @throws AsyncRequestNotUsableException if no client waits for the answer any more
	 */
	static SlotLease enter(ControllerPool pool, Reservation reservation, HttpServletRequest request)
			throws AsyncRequestNotUsableException {
		boolean queued = !reservation.isReady();
		Slot slot = pool.await(reservation);
		try {
			if (queued && isClientGone(request)) {
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

	private static boolean isClientGone(HttpServletRequest request) {
		ServerExchange exchange = ServerExchange.of(request);
		return exchange != null && exchange.isClientGone();
	}

}
