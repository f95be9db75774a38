package io.greenroom.deferred.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.CloseSchedulers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The search for circles among waits that are made up, and that change meanwhile. */
@Timeout(60)
@CloseSchedulers
class WaitGraphTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final Made first = new Made(this.scheduler, "first");

	private final Made second = new Made(this.scheduler, "second");

	private final Made mine = new Made(this.scheduler, "mine");

	private final Call call = new EmptyCall(CallMode.SYNC);

	/** Returns the hold of another thread, which waits for a call of a handler. */
	private static Hold held(HandlerCore handler, HandlerCore waitsFor, Call call) throws Exception {
		return onAnotherThread(() -> {
			Hold held = Hold.lent(handler, new EmptyCall(CallMode.SYNC), null);
			held.waitFor(new Wait(waitsFor, call, false));
			return held;
		});
	}

	private static <T> T onAnotherThread(Supplier<T> supplier) throws Exception {
		return CompletableFuture.supplyAsync(supplier, (task) -> Thread.ofPlatform().start(task))
			.get(20, TimeUnit.SECONDS);
	}

	private static Call pending() {
		return new EmptyCall(CallMode.SYNC);
	}

	@Test
	@DisplayName("D19 a circle is one if a second look finds the same waits, and none if a thread has gone on meanwhile")
	void aCircleIsLookedAtTwice() throws Exception {
		Hold own = Hold.lent(this.mine, new EmptyCall(CallMode.SYNC), null);
		Hold other = held(this.first, this.mine, pending());
		this.mine.always(own);
		this.first.seen(List.of(other), List.of());
		WaitGraph.breakCycle(new Wait(this.first, this.call, false));
		assertThat(this.call.isPending()).as("the other thread has gone on").isTrue();
		this.first.always(other);
		WaitGraph.breakCycle(new Wait(this.first, this.call, false));
		assertThat(this.call.failure()).isInstanceOf(DeferredDeadlockException.class)
			.hasMessageContaining("waits for mine.nothing")
			.hasMessageContaining("waits for first.nothing");
	}

	@Test
	@DisplayName("D19 a wait that is over does not close a circle, even if its thread has not seen it yet")
	void waitsThatAreOverAreNotFollowed() throws Exception {
		Call over = pending();
		Hold own = Hold.lent(this.mine, new EmptyCall(CallMode.SYNC), null);
		this.mine.always(own);
		this.first.always(held(this.first, this.mine, over));
		assertThat(over.fail(new IllegalStateException("over"))).isTrue();
		WaitGraph.breakCycle(new Wait(this.first, this.call, false));
		assertThat(this.call.isPending()).isTrue();
	}

	@Test
	@DisplayName("D19 a search that leads into a circle of others ends, and fails nobody's call")
	void circlesOfOthers() throws Exception {
		Call one = pending();
		Call other = pending();
		this.first.always(held(this.first, this.second, one));
		this.second.always(held(this.second, this.first, other));
		WaitGraph.breakCycle(new Wait(this.first, this.call, false));
		assertThat(List.of(this.call, one, other)).allMatch(Call::isPending);
	}

	/** A handler of which only its holds are asked for, and are made up. */
	private static final class Made extends HandlerCore {

		private final Deque<List<Hold>> looks = new ArrayDeque<>();

		private List<Hold> last = List.of();

		Made(GreenScheduler scheduler, String name) {
			this(scheduler, new HandlerName(name, null));
		}

		private Made(GreenScheduler scheduler, HandlerName name) {
			super(new HandlerParts(scheduler, null, HandlerType.of(Target.class), HandlerOptions.defaults()),
					new CallReports(name, Observer.NONE,
							new HandlerNumbers(new Mailbox(1, false, () -> false, System::nanoTime)), System::nanoTime),
					name, new Target(), null);
		}

		void always(Hold held) {
			this.last = List.of(held);
		}

		/** Sets what each look finds. */
		void seen(List<Hold> once, List<Hold> then) {
			this.looks.add(once);
			this.looks.add(then);
		}

		@Override
		List<Hold> holds() {
			List<Hold> next = this.looks.poll();
			return (next != null) ? next : this.last;
		}

		@Override
		boolean awaitsReaders() {
			return false;
		}

		@Override
		DrainedService service() {
			throw new UnsupportedOperationException();
		}

		@Override
		OwnerWork work() {
			throw new UnsupportedOperationException();
		}

		@Override
		DeferredCalls calls() {
			throw new UnsupportedOperationException();
		}

		@Override
		@Nullable HandlerMethod loopUnderWay() {
			return null;
		}

		@Override
		String doing() {
			return "";
		}

		@Override
		void runNested(Call call) {
			throw new UnsupportedOperationException();
		}

	}

	/** Has no methods. */
	static class Target {

		void nothing() {
		}

	}

}
