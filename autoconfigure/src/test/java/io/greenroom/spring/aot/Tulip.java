package io.greenroom.spring.aot;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.greenroom.state.State;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

/** A bean with states, a constructor and a field to inject. */
class Tulip {

	final List<String> log = new CopyOnWriteArrayList<>();

	final String name;

	@Autowired
	@Nullable Garden garden;

	Tulip(@Qualifier("red") String name) {
		this.name = name;
	}

	@State(initial = true, transitionsTo = "growing")
	void sprouting() {
		growing(this.name);
		this.log.add("grew without leaving");
	}

	@State(transitionsTo = "sprouting")
	void growing(String name) {
		this.log.add("growing " + name + (this.garden != null));
	}

	/** Something to inject. */
	static class Garden {

	}

}
