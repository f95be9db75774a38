package io.greenroom.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What runs as a part of a move. */
@Timeout(60)
class StateOnStartTests {

	@RegisterExtension
	final Machines machines = new Machines();

	/** Records what onStart sees. */
	static class Announced {

		final List<String> log = Collections.synchronizedList(new ArrayList<>());

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		volatile boolean reject;

		volatile @Nullable Thread startThread;

		volatile @Nullable Thread bodyThread;

		volatile @Nullable StateHandle handle;

		@State(initial = true, transitionsTo = { "second", "first" }, onStart = "announce")
		void first(String what) throws InterruptedException {
			this.bodyThread = Thread.currentThread();
			this.log.add("first " + what);
			this.inside.countDown();
			this.release.await();
			second(7);
		}

		@State(transitionsTo = "third", onStart = "announce")
		void second(int number) {
			this.log.add("second " + number);
			try {
				third();
			}
			catch (IllegalArgumentException rejected) {
				this.log.add("went on");
			}
		}

		@State(onStart = "reject")
		void third() {
			this.log.add("third");
		}

		void announce(StateHandle next, Object... args) {
			this.log.add("on " + next.state() + List.of(args) + next.isStarted());
			this.startThread = Thread.currentThread();
			this.handle = next;
			if (this.reject) {
				throw new IllegalArgumentException("rejected");
			}
		}

		void reject(StateHandle next) {
			throw new IllegalArgumentException("rejected");
		}

	}

	@Test
	@DisplayName("S06 onStart gets handle and arguments; S07 it runs on the asking thread before the body")
	void onStart() throws Exception {
		Announced announced = this.machines.create(Announced.class);
		announced.first("x");
		assertThat(announced.startThread).isSameAs(Thread.currentThread());
		announced.inside.await();
		assertThat(announced.handle).isNotNull().satisfies((handle) -> {
			assertThat(handle.isStarted()).isTrue();
			assertThat(handle.machine()).isSameAs(this.machines.of(announced));
		});
		announced.release.countDown();
		assertThat(Machines.rests(this.machines.of(announced))).isTrue();
		assertThat(announced.log).containsExactly("on first[x]false", "first x", "on second[7]false", "second 7",
				"went on");
		assertThat(announced.startThread).isSameAs(announced.bodyThread);
	}

	@Test
	@DisplayName("S08 onStart that throws: nothing has moved, the issuer gets it, the old state goes on")
	void onStartThrows() throws Exception {
		Announced announced = this.machines.create(Announced.class);
		announced.reject = true;
		assertThatIllegalArgumentException().isThrownBy(() -> announced.first("x")).withMessage("rejected");
		StateMachine machine = this.machines.of(announced);
		assertThat(machine.status()).isEqualTo(StateMachine.Status.NEW);
		announced.reject = false;
		announced.first("x");
		announced.inside.await();
		announced.reject = true;
		assertThatIllegalArgumentException().isThrownBy(() -> announced.second(1)).withMessage("rejected");
		assertThat(machine.current()).isEqualTo("first");
		assertThat(machine.status()).isEqualTo(StateMachine.Status.RUNNING);
		announced.reject = false;
		announced.release.countDown();
		assertThat(Machines.rests(machine)).isTrue();
		assertThat(announced.log).contains("second 7", "went on").doesNotContain("third");
		assertThat(machine.current()).isEqualTo("second");
	}

	static class Doomed {

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch fail = new CountDownLatch(1);

		volatile boolean revived;

		@State(initial = true, transitionsTo = "second")
		void first() throws InterruptedException {
			this.inside.countDown();
			this.fail.await();
			throw new IllegalStateException("on purpose");
		}

		@State(onStart = "outlastTheFirst")
		void second() {
			this.revived = true;
		}

		void outlastTheFirst(StateHandle next) {
			this.fail.countDown();
			Until.until("the machine to fail", () -> next.machine().status() == StateMachine.Status.FAILED);
		}

	}

	@Test
	@DisplayName("S16 S08 a machine whose body ends during an onStart has ended, and the move is rejected")
	void endedDuringOnStart() throws Exception {
		Doomed doomed = this.machines.create(Doomed.class);
		doomed.first();
		doomed.inside.await();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(doomed::second);
		StateMachine machine = this.machines.of(doomed);
		assertThat(machine.status()).isEqualTo(StateMachine.Status.FAILED);
		assertThat(machine.exception()).hasMessage("on purpose");
		assertThat(doomed.revived).isFalse();
	}

	static class Impatient {

		@State(transitionsTo = "b", onStart = "hurry")
		void a() {
		}

		@State
		void b() {
		}

		void hurry(StateHandle next) {
			b();
		}

	}

	@Test
	@DisplayName("S08 what runs as part of a move can't make another, and is told so")
	void moveWithinMove() {
		Impatient impatient = this.machines.create(Impatient.class);
		assertThatIllegalStateException().isThrownBy(impatient::a).withMessageContaining("is just moving to 'a'");
		assertThat(this.machines.of(impatient).status()).isEqualTo(StateMachine.Status.NEW);
	}

}
