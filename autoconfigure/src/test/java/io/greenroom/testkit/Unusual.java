package io.greenroom.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Throwables for tests that must hold for any: what foreign code may throw (row F01), and
 * throwables that can't be handled plainly (row F02). Each call makes new ones, but for
 * the shared instance.
 */
public enum Unusual {

	/** An ordinary one, to compare with. */
	RUNTIME(() -> new IllegalStateException("unusual: ordinary")),

	/** A checked one, thrown past the compiler. */
	CHECKED(() -> new IOException("unusual: disk full")),

	/** An error that is none of the JVM's. */
	ERROR(() -> new AssertionError("unusual: assertion")),

	/** A linkage error. */
	LINKAGE(() -> new NoClassDefFoundError("unusual: class")),

	/** An overflow that is long over, as in a listener that recursed. */
	STACK_OVERFLOW(() -> new StackOverflowError("unusual: stack")),

	/** Memory that could not be had. */
	OUT_OF_MEMORY(() -> new OutOfMemoryError("unusual: memory")),

	/** An interrupt, thrown past the compiler. */
	INTERRUPTED(() -> new InterruptedException("unusual: interrupt")),

	/** Its message can't be had. */
	MESSAGE_THROWS(() -> new RuntimeException() {
		@Override
		public String getMessage() {
			throw new IllegalStateException("no message");
		}
	}),

	/** Its cause can't be had. */
	CAUSE_THROWS(() -> new RuntimeException("unusual: cause") {
		@Override
		public synchronized Throwable getCause() {
			throw new IllegalStateException("no cause");
		}
	}),

	/** Its string can't be had. */
	STRING_THROWS(() -> new RuntimeException("unusual: string") {
		@Override
		public String toString() {
			throw new IllegalStateException("no string");
		}
	}),

	/** Its string is null. */
	STRING_NULL(() -> new RuntimeException("unusual: null string") {
		@Override
		public String toString() {
			return null;
		}
	}),

	/** Its stack can't be had. */
	TRACE_THROWS(() -> new RuntimeException("unusual: trace") {
		@Override
		public StackTraceElement[] getStackTrace() {
			throw new IllegalStateException("no stack");
		}
	}),

	/** Its stack is null. */
	TRACE_NULL(() -> new RuntimeException("unusual: null trace") {
		@Override
		public StackTraceElement[] getStackTrace() {
			return null;
		}
	}),

	/** Its causes form a ring. */
	RING(() -> {
		RuntimeException one = new RuntimeException("unusual: ring one");
		RuntimeException two = new RuntimeException("unusual: ring two");
		one.initCause(two);
		two.initCause(one);
		return one;
	}),

	/** Has a new cause each time it is asked. */
	ENDLESS(Endless::new),

	/**
	 * Has 20 000 causes; those between the first and the last have no stack of their own.
	 */
	DEEP(() -> {
		RuntimeException deepest = new RuntimeException("unusual: deepest");
		for (int i = 0; i < 20_000; i++) {
			deepest = new WithoutStack(deepest);
		}
		return new RuntimeException("unusual: deep", deepest);
	}),

	/** One instance for all, without a stack, that takes no suppressed ones. */
	SHARED(() -> Shared.INSTANCE),

	/** It was suppressed by what it suppresses. */
	SUPPRESSED_RING(() -> {
		RuntimeException one = new RuntimeException("unusual: suppressed one");
		RuntimeException two = new RuntimeException("unusual: suppressed two");
		one.addSuppressed(two);
		two.addSuppressed(one);
		return one;
	});

	private final Supplier<Throwable> maker;

	Unusual(Supplier<Throwable> maker) {
		this.maker = maker;
	}

	/** Makes one, or returns the shared one. */
	public Throwable make() {
		return this.maker.get();
	}

	/** Throws one past the compiler; never returns. */
	public <T> T raise() {
		throw Unusual.<RuntimeException>sneaky(make());
	}

	/**
	 * Those that foreign code is tried with: five of the JVM's kinds, and one that can't
	 * be logged.
	 */
	public static List<Unusual> fromForeignCode() {
		return List.of(RUNTIME, CHECKED, ERROR, STACK_OVERFLOW, OUT_OF_MEMORY, MESSAGE_THROWS);
	}

	/** Throws what it is given, past the compiler. */
	@SuppressWarnings("unchecked")
	public static <X extends Throwable> X sneaky(Throwable throwable) throws X {
		throw (X) throwable;
	}

	/** One of each. */
	public static List<Throwable> all() {
		List<Throwable> all = new ArrayList<>();
		for (Unusual each : values()) {
			all.add(each.make());
		}
		return all;
	}

	/** One of many. */
	private static final class WithoutStack extends RuntimeException {

		WithoutStack(Throwable cause) {
			super("unusual: deep", cause, false, false);
		}

	}

	private static final class Endless extends RuntimeException {

		Endless() {
			super("unusual: endless");
		}

		@Override
		public synchronized Throwable getCause() {
			return new Endless();
		}

	}

	private static final class Shared extends RuntimeException {

		static final Shared INSTANCE = new Shared();

		Shared() {
			super("unusual: shared", null, false, false);
		}

	}

}
