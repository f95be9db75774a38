package io.greenroom.green;

import java.util.List;

/**
 * A service whose work may call other services of the same scheduler, such as a handler
 * whose bodies call other handlers. A draining scheduler therefore does not simply stop
 * it. The service first rejects work from outside, but accepts work from inside until all
 * such services and all green threads are quiet. Then it is stopped.
 */
public interface DrainedService extends GreenService {

	/**
	 * Rejects new work from outside from now on. Work from a green thread of the
	 * scheduler, or from accepted work of another service, is still accepted. Idempotent.
	 * Returns at once.
	 */
	void reject();

	/**
	 * Returns whether nothing runs, and no accepted work waits to run.
	 * @return whether only new work could wake the service
	 */
	boolean isQuiet();

	/**
	 * Returns a mark that changes with each piece of work that the service takes. If two
	 * marks are equal and the service was quiet at both, it was quiet in between.
	 * @return the mark
	 */
	long mark();

	/**
	 * Returns the threads that live as long as the service does. A drain does not wait
	 * for them before it stops the service.
	 * @return the service's own threads
	 */
	List<GreenThread<?>> threads();

	/**
	 * Returns what became of accepted work since the service began to reject.
	 * @return the counts, final after {@link #stop}
	 */
	WorkReport report();

}
