package io.greenroom.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs a few actors against each other, from a common start, many times. */
public final class Race {

	/** What hangs for so long hangs for ever. */
	private static final int HANG = 20;

	private Race() {
	}

	/**
	 * Runs the rounds.
	 * @param rounds how many
	 * @param setting makes a round from its number
	 */
	public static void run(int rounds, IntFunction<Round> setting) throws Exception {
		Round first = setting.apply(0);
		int actors = first.actors().size();
		ExecutorService threads = Executors.newFixedThreadPool(actors, Thread.ofPlatform().daemon().factory());
		try {
			for (int i = 0; i < rounds; i++) {
				Round round = (i == 0) ? first : setting.apply(i);
				CyclicBarrier start = new CyclicBarrier(actors);
				List<Future<?>> ends = new ArrayList<>();
				for (Actor actor : round.actors()) {
					ends.add(threads.submit(() -> {
						start.await();
						actor.act();
						assertThat(Thread.interrupted()).as("interrupt left behind with an actor").isFalse();
						return null;
					}));
				}
				for (Future<?> end : ends) {
					end.get(HANG, TimeUnit.SECONDS);
				}
				round.check().act();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	/** One step of one participant. */
	@FunctionalInterface
	public interface Actor {

		void act() throws Exception;

	}

	/**
	 * One round.
	 *
	 * @param actors who run at once
	 * @param check what must hold when all have finished
	 */
	public record Round(List<Actor> actors, Actor check) {
	}

}
