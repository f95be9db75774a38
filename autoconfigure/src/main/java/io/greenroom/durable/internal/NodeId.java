package io.greenroom.durable.internal;

/**
 * The id of this process among several that know of each other. For integrations; not
 * intended for applications.
 */
@FunctionalInterface
public interface NodeId {

	/**
	 * Returns the id.
	 * @return the id, which differs at each start of the process
	 */
	String get();

}
