package io.greenroom.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

import io.greenroom.state.StateMachine.Status;
import io.greenroom.testkit.Unusual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Bodies that throw, and lead on to another state by that. */
@Timeout(60)
class OnErrorTests {

	@RegisterExtension
	final Machines machines = new Machines();

	static class Job {

		final CountDownLatch began = new CountDownLatch(1);

		final CountDownLatch hold = new CountDownLatch(1);

		final List<String> starts = Collections.synchronizedList(new ArrayList<>());

		volatile @Nullable Throwable cause;

		boolean vetoed;

		boolean movesOn;

		@State(initial = true, restart = true, transitionsTo = { "failed", "done" }, onError = "failed")
		void running(Unusual how) {
			if (this.movesOn) {
				try {
					done();
				}
				finally {
					throwing(how);
				}
			}
			throwing(how);
		}

		private static void throwing(Unusual how) {
			throw Unusual.<RuntimeException>sneaky(how.make());
		}

		@State(initial = true, transitionsTo = { "failed", "done" }, onError = "failed")
		void waiting() throws InterruptedException {
			this.began.countDown();
			this.hold.await();
		}

		@State(transitionsTo = "running", onStart = "starts")
		void failed(Throwable cause) {
			this.cause = cause;
		}

		@State
		void done() {
		}

		void starts(StateHandle next, Object... args) {
			this.starts.add(next.state() + args.length + Thread.currentThread().getName());
			if (this.vetoed) {
				throw new IllegalStateException("not now");
			}
		}

	}

	@ParameterizedTest
	@EnumSource(Unusual.class)
	@DisplayName("S38 F02 a body that throws moves the machine to its onError state, with the throwable as argument")
	void leadsOn(Unusual how) throws Exception {
		Job job = this.machines.create(Job.class);
		StateMachine machine = this.machines.of(job);
		assertThat(machine.moveAndWait(() -> job.running(how), Machines.LONG)).isEqualTo("failed");
		assertThat(machine.status()).isEqualTo(Status.RESTING);
		assertThat(machine.exception()).isNull();
		assertThat(job.cause == null ? null : job.cause.getClass().getSuperclass())
			.isEqualTo(how.make().getClass().getSuperclass());
		assertThat(job.starts).containsExactly("failed1" + machine.name());
		assertThat(machine.history()).extracting(StateMove::to).containsExactly("running", "failed");
		assertThat(machine.moveAndWait(() -> job.running(how), Machines.LONG)).isEqualTo("failed");
		assertThat(StateDiagram.of(Job.class).mermaid()).contains("running --> failed : on error");
	}

	@Test
	@DisplayName("S38 a body that fails on its way to a state of its own does not get there")
	void ownMove() throws Exception {
		Job job = this.machines.create(Job.class);
		job.movesOn = true;
		StateMachine machine = this.machines.of(job);
		assertThat(machine.moveAndWait(() -> job.running(Unusual.RUNTIME), Machines.LONG)).isEqualTo("failed");
		assertThat(machine.history()).extracting(StateMove::to).containsExactly("running", "failed");
	}

	@Test
	@DisplayName("S38 S08 where onStart of the onError state throws the machine fails, with what the body threw")
	void vetoed() throws Exception {
		Job job = this.machines.create(Job.class);
		job.vetoed = true;
		job.running(Unusual.RUNTIME);
		StateMachine machine = this.machines.of(job);
		assertThat(Machines.ended(machine)).isTrue();
		assertThat(machine.status()).isEqualTo(Status.FAILED);
		Throwable failure = Objects.requireNonNull(machine.exception());
		assertThat(failure).hasMessage("unusual: ordinary");
		assertThat(failure.getSuppressed()).singleElement().satisfies((veto) -> assertThat(veto).hasMessage("not now"));
		assertThat(machine.current()).isEqualTo("running");
	}

	@Test
	@DisplayName("S38 a stop and a move from outside are no errors, though the body ends by an exception")
	void notMeant() throws Exception {
		Job stopped = this.machines.create(Job.class);
		stopped.waiting();
		stopped.began.await();
		this.machines.of(stopped).stop();
		assertThat(Machines.ended(this.machines.of(stopped))).isTrue();
		assertThat(this.machines.of(stopped).status()).isEqualTo(Status.STOPPED);
		Job moved = this.machines.create(Job.class);
		moved.waiting();
		moved.began.await();
		moved.done();
		assertThat(Machines.ended(this.machines.of(moved))).isTrue();
		assertThat(this.machines.of(moved).current()).isEqualTo("done");
		assertThat(moved.cause).isNull();
		assertThat(stopped.cause).isNull();
		Job closed = this.machines.create(Job.class);
		closed.waiting();
		closed.began.await();
		this.machines.scheduler.close();
		assertThat(Machines.ended(this.machines.of(closed))).isTrue();
		assertThat(this.machines.of(closed).status()).isEqualTo(Status.STOPPED);
	}

}
