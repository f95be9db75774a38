package io.greenroom.state.internal;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A method as {@link StateRules} need to know it.
 *
 * @param <M> what the reader knows the method by
 * @param source the method
 * @param name its name
 * @param home the class that declares it
 * @param parameters the types of its parameters, without type arguments
 * @param returns the type it returns, without type arguments
 * @param traits what it is
 */
public record DeclaredMethod<M>(M source, String name, String home, List<String> parameters, String returns,
		Set<Trait> traits) {

	/** What a method may be. */
	public enum Trait {

		/** Private. */
		PRIVATE,
		/** Final. */
		FINAL,
		/** Static. */
		STATIC,
		/** Abstract. */
		ABSTRACT,
		/** Out of a subclass's reach, as it is package-private elsewhere. */
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
