package io.greenroom.green;

import java.util.Objects;
import java.util.concurrent.Executor;

/** A scheduler as an executor: each task is a green thread. */
record ExecutorView(GreenScheduler scheduler) implements Executor {

	@Override
	public void execute(Runnable task) {
		this.scheduler.spawn(Objects.requireNonNull(task, "task")::run);
	}

}
