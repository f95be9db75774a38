package io.greenroom.durable.internal;

/**
 * What this process is called where several know of each other. For integrations; users
 * don't need this.
 */
@FunctionalInterface
public interface NodeId {

	/**
	 * Returns the id.
	 * @return another one at each start of the process
	 */
	String get();

}
