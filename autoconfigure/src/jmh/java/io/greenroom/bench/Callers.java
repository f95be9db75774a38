package io.greenroom.bench;

/** Virtual threads that share out calls. */
final class Callers {

	private Callers() {
	}

	/** Makes so many calls by so many virtual threads, and waits for their end. */
	static void run(int callers, int calls, Runnable call) throws InterruptedException {
		Thread[] threads = new Thread[callers];
		for (int i = 0; i < callers; i++) {
			int own = calls / callers + ((i < calls % callers) ? 1 : 0);
			threads[i] = Thread.startVirtualThread(() -> {
				for (int k = 0; k < own; k++) {
					call.run();
				}
			});
		}
		for (Thread thread : threads) {
			thread.join();
		}
	}

}
