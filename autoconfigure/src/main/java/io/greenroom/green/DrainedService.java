package io.greenroom.green;

import java.util.List;

/**
 * A service whose work may call other services of the same scheduler, such as a handler
 * whose bodies call other handlers. So a draining scheduler does not simply stop it: it
 * has it reject work from outside, lets work from inside through until all such services
 * and all green threads are quiet, and stops it then.
 */
public interface DrainedService extends GreenService {

	/**
	 * Rejects new work from outside from now on. Work that comes from a green thread of
	 * the scheduler, or from accepted work of another service, is still taken.
	 * Idempotent; returns at once.
	 */
	void reject();

	/**
	 * Returns whether nothing runs, and nothing accepted waits to be run.
	 * @return whether only new work could wake the service
	 */
	boolean isQuiet();

	/**
	 * Returns a mark that changes with each piece of work the service takes. Two equal
	 * marks, with the service quiet at both, say that it was quiet in between.
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
	 * Says what became of accepted work since the service began to reject.
	 * @return the counts, final after {@link #stop}
	 */
	WorkReport report();

}
