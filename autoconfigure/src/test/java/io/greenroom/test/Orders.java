package io.greenroom.test;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

import io.greenroom.green.worker.Worker;

/** The orders in which tests are run: in turn and by a few seeds, in both modes. */
final class Orders {

	private static final int SEEDS = 10;

	private Orders() {
	}

	static Stream<Order> all() {
		List<Order> all = new ArrayList<>();
		for (Worker.Mode mode : Worker.Mode.values()) {
			all.add(new Order(mode, OptionalLong.empty()));
			for (long seed = 0; seed < SEEDS; seed++) {
				all.add(new Order(mode, OptionalLong.of(seed)));
			}
		}
		return all.stream();
	}

	/** One order. */
	record Order(Worker.Mode mode, OptionalLong seed) {

		DeterministicScheduler open() {
			Worker.Builder builder = Worker.builder().mode(this.mode);
			this.seed.ifPresent(builder::seed);
			return DeterministicScheduler.of(builder);
		}

		@Override
		public String toString() {
			return this.mode + (this.seed.isPresent() ? " seed " + this.seed.getAsLong() : " in turn");
		}

	}

}
