package io.greenroom.state.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The states that a class declares, read by reflection at the start or by javac.
 *
 * @param <M> the reader's type of a method
 * @param name the name of the class
 * @param traits the properties of the class
 * @param states the states, in the order of their names; more than one may have the same
 * @param named all methods that a state may name as its {@code onStart}
 */
public record DeclaredStates<M>(String name, Set<Trait> traits, List<DeclaredState<M>> states,
		List<DeclaredMethod<M>> named) {

	/** A property of a class. */
	public enum Trait {

		/** Open to subclasses that provide what it lacks; only its methods are judged. */
		PARTIAL(null),
		/** An interface. */
		INTERFACE("an interface"),
		/** An enum. */
		ENUM("an enum"),
		/** A record. */
		RECORD("a record"),
		/** Final. */
		FINAL("final"),
		/** Sealed. */
		SEALED("sealed"),
		/** Defined without a name. */
		HIDDEN(null),
		/** Without a constructor that a subclass can call. */
		PRIVATE_CONSTRUCTORS(null),
		/** A configuration that Spring subclasses. */
		PROXIED_CONFIGURATION(null),
		/** Written in Kotlin. */
		KOTLIN(null);

		/** Why it cannot have a subclass, for messages; {@code null} if it can. */
		private final @Nullable String closed;

		Trait(@Nullable String closed) {
			this.closed = closed;
		}

		@Nullable String closed() {
			return this.closed;
		}

	}

	/** Sorts the states, so that every reader has the same order. */
	public DeclaredStates {
		states = states.stream()
			.sorted(Comparator.<DeclaredState<M>, String>comparing(DeclaredState::name)
				.thenComparing((state) -> state.method().parameters().toString()))
			.toList();
	}

	/** Returns the name without its package and enclosing classes. */
	String simpleName() {
		return DeclaredMethod.simple(this.name).replaceFirst("^\\d+(?=\\D)", "");
	}

	boolean is(Trait trait) {
		return this.traits.contains(trait);
	}

}
