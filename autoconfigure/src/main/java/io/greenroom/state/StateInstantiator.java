package io.greenroom.state;

import org.jspecify.annotations.Nullable;

/** Makes objects for {@link StateMachines#create(Class, Object...)}. */
@FunctionalInterface
public interface StateInstantiator {

	/**
	 * Makes an object.
	 * @param type the enhanced class, with the constructors of the user's class
	 * @param args the arguments the user gave
	 * @return the object
	 * @throws IllegalArgumentException if no constructor takes the arguments
	 */
	Object instantiate(Class<?> type, @Nullable Object[] args);

}
