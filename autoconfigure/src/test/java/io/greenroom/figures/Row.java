package io.greenroom.figures;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One way through Greenroom, and what it is compared with. A row without comparison shows
 * only our figure.
 *
 * @param path what is done
 * @param ours the benchmark's id
 * @param beside what it is compared with, one line for each
 * @param onlyLong whether the short form leaves it out
 */
record Row(String path, String ours, List<Beside> beside, boolean onlyLong) {

	Row {
		BenchmarkId.of(ours);
		beside = List.copyOf(beside);
	}

	static Row row(String path, String ours) {
		return new Row(path, ours, List.of(), false);
	}

	/** Adds what no implementation can do without. */
	Row floor(String name, String id, Goal... goals) {
		return peer("floor: " + name, id, goals);
	}

	/** Adds somebody else's way to do it. */
	Row peer(String name, String id, Goal... goals) {
		Row row = this;
		BenchmarkId.of(id);
		for (int i = 0; i < Math.max(1, goals.length); i++) {
			row = row.and(new Beside((i == 0) ? name : "the same", id, (i < goals.length) ? goals[i] : null));
		}
		return row;
	}

	/** Adds a goal for our figure alone. */
	Row within(Goal goal) {
		return and(new Beside("", null, goal));
	}

	/** Has the short form leave this row out. */
	Row inLongForm() {
		return new Row(this.path, this.ours, this.beside, true);
	}

	private Row and(Beside next) {
		List<Beside> all = new ArrayList<>(this.beside);
		all.add(next);
		return new Row(this.path, this.ours, all, this.onlyLong);
	}

	/**
	 * What stands beside our figure.
	 *
	 * @param name what it is
	 * @param id its benchmark's id, or {@code null} for a goal of our own
	 * @param goal what the comparison is held to, if it is
	 */
	record Beside(String name, @Nullable String id, @Nullable Goal goal) {

	}

}
