package io.greenroom.state;

import org.jspecify.annotations.Nullable;

/**
 * Creates objects for {@link StateMachines#create(Class, Object...)}. Implementations
 * must be thread-safe.
 */
@FunctionalInterface
public interface StateInstantiator {

	/**
	 * Creates an object.
	 * @param type the enhanced class, with the constructors of the user's class
	 * @param args the arguments given by the user
	 * @return the object
	 * @throws IllegalArgumentException if no constructor takes the arguments
	 */
	Object instantiate(Class<?> type, @Nullable Object[] args);

}
