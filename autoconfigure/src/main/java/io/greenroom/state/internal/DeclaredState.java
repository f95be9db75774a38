package io.greenroom.state.internal;

import java.util.List;

import io.greenroom.state.State;

/**
 * A state as a class declares it.
 *
 * @param <M> what the reader knows a method by
 * @param method the most specific method, or one that can't be overridden
 * @param declaration what the annotation says
 * @param contradiction the two interfaces that declare it differently, empty for none
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
