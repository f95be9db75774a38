package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.testkit.Models.check;
import static io.greenroom.testkit.Models.explore;
import static io.greenroom.testkit.Models.start;

/**
 * The races of calls and mailboxes under a model checker. It does not find a lost
 * wake-up, because it lets parked threads go on by themselves, as the JDK may.
 */
@Timeout(600)
@Tag("model")
class ModelTests {

	@Test
	@DisplayName("D08 D22 the mailbox loses no call, and keeps each caller's order (model)")
	void mailboxLosesNothing() {
		explore(() -> {
			Mailbox mailbox = new Mailbox(10, false, () -> false, System::nanoTime);
			List<Nothing> taken = new ArrayList<>();
			Thread processor = start(() -> {
				mailbox.attend(Thread.currentThread());
				while (taken.size() < 3) {
					Call call = mailbox.take();
					if (call != null) {
						taken.add((Nothing) call);
					}
					else {
						mailbox.sleep(Long.MAX_VALUE);
					}
				}
			});
			Thread other = start(() -> check(put(mailbox, new Nothing(3)), "rejected"));
			check(put(mailbox, new Nothing(1)), "rejected");
			check(put(mailbox, new Nothing(2)), "rejected");
			other.join();
			processor.join();
			List<Integer> order = taken.stream().map((call) -> call.number).toList();
			check(order.indexOf(1) < order.indexOf(2) && order.contains(3), "taken: " + order);
			check(mailbox.size() == 0, "room was lost");
		});
	}

	private static boolean put(Mailbox mailbox, Call call) {
		check(mailbox.tryReserve(), "no room");
		return mailbox.push(call);
	}

	@Test
	@DisplayName("D41 a mailbox whose processor leaves when it finds nothing has another one started by the next call (model)")
	void leavingLosesNothing() {
		explore(() -> {
			Resting resting = new Resting();
			Thread other = start(() -> check(put(resting.mailbox, new Nothing(2)), "rejected"));
			check(put(resting.mailbox, new Nothing(1)), "rejected");
			other.join();
			Thread last = resting.owner();
			while (last != null) {
				last.join();
				last = resting.owner();
			}
			check(resting.ran.get() == 2, "ran: " + resting.ran);
			check(resting.most.get() == 1, "two owners at once");
		});
	}

	@Test
	@DisplayName("D10 D20 a call is run, withdrawn or failed, exactly one of these, and all are told the same (model)")
	void oneFate() {
		// Thirty do not find a withdrawal that overwrites a claim; three hundred do.
		explore(10, () -> {
			Nothing call = new Nothing(1);
			boolean[] ran = new boolean[2];
			AtomicReference<Call.Leaving> leaving = new AtomicReference<>();
			boolean[] ended = new boolean[2];
			Thread runner = start(() -> {
				ran[0] = call.begin();
				ran[1] = ran[0] && call.returned("done");
			});
			Thread caller = start(() -> leaving.set(call.leave(false)));
			ended[0] = call.fail(new IllegalStateException("stopped"));
			ended[1] = !ended[0] && call.tell(new IllegalStateException("stopped"));
			runner.join();
			caller.join();
			boolean withdrawn = leaving.get() == Call.Leaving.WITHDRAWN;
			check((ran[0] ? 1 : 0) + (withdrawn ? 1 : 0) + (ended[0] ? 1 : 0) == 1, "not one fate");
			check(call.isDone() && call.isTold() == ended[1], "not told");
			check(!ended[1] || (ran[0] && !ran[1]), "told, and answered");
			check(!ran[0] || ended[1] || ran[1] == (leaving.get() == Call.Leaving.TOO_LATE), "answered and left");
			check((call.failure() != null) == ended[0], "failure");
			check(call.countAsWithdrawn() == withdrawn && !call.countAsWithdrawn(), "counted");
		});
	}

	@Test
	@DisplayName("D20 D31 what a mailbox has accepted when it closes is run or told, never both, never neither (model)")
	void closingTellsEverybody() {
		explore(() -> {
			Mailbox mailbox = new Mailbox(10, false, () -> false, System::nanoTime);
			Nothing first = new Nothing(1);
			Nothing second = new Nothing(2);
			AtomicInteger ended = new AtomicInteger();
			Thread processor = start(() -> {
				mailbox.attend(Thread.currentThread());
				while (ended.get() == 0) {
					Call call = mailbox.take();
					if (call == null) {
						break;
					}
					((Nothing) call).run();
				}
				if (ended.get() != 0) {
					mailbox.close((call) -> ((Nothing) call).tell());
				}
			});
			Thread closer = start(() -> {
				ended.set(1);
				mailbox.close((call) -> ((Nothing) call).tell());
			});
			boolean one = put(mailbox, first);
			boolean two = put(mailbox, second);
			processor.join();
			closer.join();
			check(first.fates.get() == (one ? 1 : 0), "first: " + first.fates);
			check(second.fates.get() == (two ? 1 : 0), "second: " + second.fates);
			check(one || !two, "the mailbox was opened again");
		});
	}

	/** A mailbox whose processors come and go. */
	private static final class Resting {

		final AtomicInteger ran = new AtomicInteger();

		final AtomicInteger most = new AtomicInteger();

		private final AtomicInteger inside = new AtomicInteger();

		final Mailbox mailbox = new Mailbox(10, false, this::begin, System::nanoTime);

		/** Guarded by this. */
		private @Nullable Thread owner;

		Resting() {
			this.mailbox.leaveUnattended();
		}

		synchronized @Nullable Thread owner() {
			return this.owner;
		}

		private synchronized boolean begin() {
			if (this.owner == null) {
				this.owner = start(this::own);
				this.mailbox.attended();
			}
			return true;
		}

		private void own() {
			this.mailbox.attend(Thread.currentThread());
			while (true) {
				Call call = this.mailbox.take();
				if (call != null) {
					this.most.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
					this.ran.incrementAndGet();
					this.inside.decrementAndGet();
				}
				else if (rests()) {
					return;
				}
			}
		}

		private synchronized boolean rests() {
			if (!this.mailbox.leaveUnattended()) {
				return false;
			}
			this.owner = null;
			return true;
		}

	}

	/** Runs nothing, and counts what became of it. */
	private static final class Nothing extends EmptyCall {

		final int number;

		final AtomicInteger fates = new AtomicInteger();

		Nothing(int number) {
			super(CallMode.ONEWAY);
			this.number = number;
		}

		void run() {
			if (begin()) {
				this.fates.incrementAndGet();
				returned(null);
			}
		}

		void tell() {
			if (fail(new IllegalStateException("stopped"))) {
				this.fates.incrementAndGet();
			}
		}

	}

}
