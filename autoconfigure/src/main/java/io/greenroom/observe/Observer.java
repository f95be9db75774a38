package io.greenroom.observe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Observes the core. Each part asks its scheduler's observer for a listener once, when a
 * handler, a machine class or a pool is created, and keeps it. An implementation can
 * therefore look up its meters beforehand, and a call pays only for what is listened to.
 * <p>
 * Every method has a default that ignores everything. Implementations must be thread-safe
 * and return quickly, because they are called on the thread that does the work.
 */
public interface Observer {

	/** Ignores everything. */
	Observer NONE = new Observer() {
	};

	/**
	 * Returns the listener for the green threads of a scheduler.
	 * @param scheduler the scheduler's name
	 * @param gauges the live numbers, readable at any time
	 * @return the listener
	 */
	default ThreadListener threads(String scheduler, ThreadGauges gauges) {
		return ThreadListener.NONE;
	}

	/**
	 * Returns the listener for one handler. Called once per handler instance, because
	 * several handlers may share a name, as prototype beans do.
	 * @param handler the handler's name
	 * @param gauges the live numbers of this instance; hold them weakly
	 * @return the listener
	 */
	default HandlerListener handler(String handler, HandlerGauges gauges) {
		return HandlerListener.NONE;
	}

	/**
	 * Returns the listener for the instances of one handler by key. Their calls are told
	 * to the {@linkplain #handler listener} of the handler's name.
	 * @param handler the handler's name
	 * @param gauges the live numbers; hold them weakly
	 * @return the listener
	 */
	default KeyedListener keyed(String handler, KeyedGauges gauges) {
		return KeyedListener.NONE;
	}

	/**
	 * Returns the listener for the deliveries of one handler's stored calls.
	 * @param handler the handler's name in the database
	 * @param gauges the live numbers; hold them weakly
	 * @return the listener
	 */
	default OutboxListener outbox(String handler, OutboxGauges gauges) {
		return OutboxListener.NONE;
	}

	/**
	 * Called once when this node is in a cluster.
	 * @param gauges the live numbers, which live as long as the node
	 */
	default void cluster(ClusterGauges gauges) {
	}

	/**
	 * Returns the listener for all machines of one class.
	 * @param machine the full name of the machine's class, because simple names are not
	 * unique
	 * @return the listener
	 */
	default MachineListener machine(String machine) {
		return MachineListener.NONE;
	}

	/**
	 * Returns the listener for one pool.
	 * @param pool the pool's name
	 * @param gauges the live numbers of the pool; hold them weakly
	 * @return the listener
	 */
	default PoolListener pool(String pool, PoolGauges gauges) {
		return PoolListener.NONE;
	}

	/**
	 * Reports a problem that persists. Called once for each problem until it is over, on
	 * the thread that has noticed it.
	 * @param report the problem
	 */
	default void reported(ProblemReport report) {
	}

	/**
	 * Returns an observer that tells all given observers, in their order. The failure of
	 * one is logged, and stops neither the others nor the work.
	 * @param observers the observers to tell
	 * @return the observer
	 */
	static Observer all(List<? extends Observer> observers) {
		List<Observer> heard = new ArrayList<>(observers);
		heard.removeIf(NONE::equals);
		if (heard.size() == 1 && heard.getFirst() instanceof CompositeObserver fenced) {
			return fenced;
		}
		return heard.isEmpty() ? NONE : new CompositeObserver(Collections.unmodifiableList(heard));
	}

}
