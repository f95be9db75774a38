package io.greenroom.state.internal;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A method as seen by the {@link StateRules}.
 *
 * @param <M> the reader's type of a method
 * @param source the method
 * @param name its name
 * @param home the class that declares it
 * @param parameters the types of its parameters, without type arguments
 * @param returns the type it returns, without type arguments
 * @param traits its properties
 */
public record DeclaredMethod<M>(M source, String name, String home, List<String> parameters, String returns,
		Set<Trait> traits) {

	/** A property of a method. */
	public enum Trait {

		/** Private. */
		PRIVATE,
		/** Final. */
		FINAL,
		/** Static. */
		STATIC,
		/** Abstract. */
		ABSTRACT,
		/**
		 * Out of a subclass's reach, because it is package-private in another package.
		 */
		OUT_OF_REACH,
		/** A state. */
		STATE

	}

	boolean is(Trait trait) {
		return this.traits.contains(trait);
	}

	/** Returns the method with the simple names of its parameters. */
	String signature() {
		return this.parameters.stream()
			.map(DeclaredMethod::simple)
			.collect(Collectors.joining(", ", this.name + "(", ")"));
	}

	static String simple(String type) {
		return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
	}

}
