package io.greenroom.soak;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

import io.greenroom.testkit.Unusual;

/**
 * One part of Greenroom under use. Counts what its callers were promised and checks it
 * when all have left. Used by many threads.
 */
abstract class Scene {

	private static final Unusual[] UNUSUAL = Unusual.values();

	private final String name;

	/** What went other than promised; the first ones tell enough. */
	private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

	private final LongAdder wrongs = new LongAdder();

	/** Calls, moves, tasks or connections, failing ones included. */
	private final LongAdder calls = new LongAdder();

	Scene(String name) {
		this.name = name;
	}

	/** Makes a few calls and checks what comes back. Throws nothing that is right. */
	abstract void play(ThreadLocalRandom random) throws Throwable;

	/** Returns what is left over when nobody plays any more; empty in the end. */
	abstract String left() throws Throwable;

	/** Checks the sums when nothing is left over. */
	void sums() throws Throwable {
	}

	/** Closes what the scene has opened. */
	void close() throws Throwable {
	}

	final void called() {
		this.calls.increment();
	}

	final long calls() {
		return this.calls.sum();
	}

	final void wrong(String what) {
		this.wrongs.increment();
		if (this.wrong.size() < 5) {
			this.wrong.add(what);
		}
	}

	final void expect(boolean right, String what) {
		if (!right) {
			wrong(what);
		}
	}

	final long wrongs() {
		return this.wrongs.sum();
	}

	final String name() {
		return this.name;
	}

	@Override
	public String toString() {
		return String.format("%-22s %,12d calls, %d wrong %s", this.name, calls(), wrongs(),
				this.wrong.isEmpty() ? "" : this.wrong);
	}

	/** Returns whether something rare is to happen: once in so many times. */
	static boolean once(int in, ThreadLocalRandom random) {
		return random.nextInt(in) == 0;
	}

	/** Makes any throwable; those that are costly to make are rarer. */
	static Throwable anything(ThreadLocalRandom random) {
		Unusual unusual = UNUSUAL[random.nextInt(UNUSUAL.length)];
		return ((unusual == Unusual.DEEP && !once(1000, random)) ? Unusual.RING : unusual).make();
	}

	/** Throws, now and then, what foreign code may throw. */
	static void failNowAndThen() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		if (once(500, random)) {
			Unusual.fromForeignCode().get(random.nextInt(Unusual.fromForeignCode().size())).raise();
		}
	}

}
