package io.greenroom.state.internal;

import java.util.List;

import io.greenroom.state.State;

/**
 * A state as declared by a class.
 *
 * @param <M> the reader's type of a method
 * @param method the most specific method, or one that cannot be overridden
 * @param declaration the annotation
 * @param contradiction the two interfaces that declare it differently; empty for none
 */
public record DeclaredState<M>(DeclaredMethod<M> method, State declaration, List<String> contradiction) {

	/** Returns the state's name. */
	public String name() {
		return this.method.name();
	}

	boolean isEnd() {
		return this.declaration.transitionsTo().length == 0;
	}

	List<String> targets() {
		return List.of(this.declaration.transitionsTo());
	}

}
