package io.greenroom.classpath;

import io.greenroom.green.GreenScheduler;

/** A program that uses the core. */
public final class PlainApplication {

	private PlainApplication() {
	}

	/** Runs a green thread and says its result. */
	public static void main(String[] args) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().build()) {
			System.out.println(ForkedJvm.ANSWER + scheduler.spawn(() -> "sung").get());
		}
	}

}
