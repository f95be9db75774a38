package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What belongs to a caller's thread, on the threads of a handler. */
@Timeout(60)
@CloseSchedulers
class ContextTests {

	private static final ThreadLocal<@Nullable String> USER = new ThreadLocal<>();

	private static final InheritableThreadLocal<@Nullable String> INHERITED = new InheritableThreadLocal<>();

	private final UserCarrier carrier = new UserCarrier();

	private final GreenScheduler scheduler = GreenScheduler.builder()
		.drainTimeout(Duration.ofSeconds(5))
		.contextCarrier(this.carrier)
		.build();

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	@AfterEach
	void close() {
		USER.remove();
		INHERITED.remove();
	}

	@Test
	@DisplayName("D29 the caller's context is there in the body, however the call is made, and gone after it")
	void presentInTheBody() throws Exception {
		Deferred<Who> who = Deferred.of(this.scheduler, new Who(), options());
		USER.set("Ophelia");
		assertThat(who.sync().user()).isEqualTo("Ophelia");
		assertThat(who.sync().readUser()).isEqualTo("Ophelia");
		assertThat(who.sync().futureUser().toCompletableFuture().get(20, TimeUnit.SECONDS))
			.isEqualTo("Ophelia, detached");
		assertThat(who.async(Who::user).get(20, TimeUnit.SECONDS)).isEqualTo("Ophelia, detached");
		BlockingQueue<String> seen = new LinkedBlockingQueue<>();
		who.oneway().tell(seen);
		assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("Ophelia, detached");
		USER.remove();
		assertThat(who.sync().user()).isNull();
		assertThat(who.sync().readUser()).isNull();
	}

	@Test
	@DisplayName("D29 what a body leaves behind is not there in the next one, nor on a loop's own thread")
	void nothingIsLeftBehind() {
		Deferred<Who> who = Deferred.of(this.scheduler, new Who(), options());
		who.sync().become("Yorick");
		assertThat(who.sync().user()).isNull();
		USER.set("Ophelia");
		who.sync().become("Yorick");
		assertThat(USER.get()).isEqualTo("Ophelia");
		assertThat(who.sync().user()).isEqualTo("Ophelia");
		LoopedWho looped = new LoopedWho();
		Deferred<LoopedWho> loop = Deferred.of(this.scheduler, looped, options());
		loop.sync().become("Yorick");
		USER.remove();
		loop.sync().become("Yorick");
		int rounds = looped.between.size();
		Until.until("another round of the loop", () -> looped.between.size() > rounds);
		assertThat(loop.sync().betweenCalls()).isNotEmpty().containsOnly("nobody");
	}

	@Test
	@DisplayName("D29 neither the owner nor a reader keeps anything of the caller that had it started")
	void ownThreadsStartWithNothing() throws Exception {
		Deferred<Who> who = Deferred.of(this.scheduler, new Who(), options());
		ClassLoader mine = Thread.currentThread().getContextClassLoader();
		Thread first = Thread.ofVirtual().unstarted(() -> {
			USER.set("Ophelia");
			INHERITED.set("her purse");
			Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
			who.sync().user();
			who.sync().readUser();
		});
		first.start();
		first.join();
		assertThat(who.sync().user()).isNull();
		assertThat(who.sync().inherited()).isNull();
		assertThat(who.sync().readInherited()).isNull();
		assertThat(who.sync().classLoader()).isSameAs(mine);
		assertThat(parents(who)).containsExactly("nobody", "nobody");
		Deferred<Who> fromGreen = Deferred.of(this.scheduler, new Who(), options());
		assertThat(this.scheduler.spawn(() -> parents(fromGreen)).get()).containsExactly("nobody", "nobody");
	}

	private static List<String> parents(Deferred<Who> who) {
		return List.of(who.sync().parent(), who.sync().readParent());
	}

	@Test
	@DisplayName("D29 the owner of a handler first called from a green thread does not keep that thread's context for life")
	void ownersStartedByGreenThreads() throws Exception {
		Deferred<LoopedWho> looped = this.scheduler.spawn(() -> {
			USER.set("Ophelia");
			// Its context is what a child would get, and a loop's thread lives on.
			return this.scheduler.spawn(() -> Deferred.of(this.scheduler, new LoopedWho(), options())).get();
		}).get();
		assertThat(java.util.Objects.requireNonNull(looped).sync().betweenCalls()).isNotEmpty().containsOnly("nobody");
	}

	@Test
	@DisplayName("D29 two users whose calls interleave never see each other's context (10000 rounds each)")
	void usersNeverMeet() throws Exception {
		Who target = new Who();
		Deferred<Who> who = Deferred.of(this.scheduler, target, options());
		List<CompletableFuture<Integer>> callers = new ArrayList<>();
		for (String user : List.of("Ophelia", "Hamlet")) {
			CompletableFuture<Integer> wrong = new CompletableFuture<>();
			callers.add(wrong);
			Thread.startVirtualThread(() -> {
				int count = 0;
				try {
					USER.set(user);
					for (int round = 0; round < 10_000; round++) {
						who.oneway().check(user + ", detached");
						count += user.equals(who.sync().user()) ? 0 : 1;
						count += user.equals(who.sync().readUser()) ? 0 : 1;
					}
					wrong.complete(count);
				}
				catch (Throwable failure) {
					wrong.completeExceptionally(failure);
				}
			});
		}
		for (CompletableFuture<Integer> caller : callers) {
			assertThat(caller.get(50, TimeUnit.SECONDS)).isZero();
		}
		assertThat(who.sync().checked()).isEqualTo(20_000);
		assertThat(target.wrong).isEmpty();
	}

	@Test
	@DisplayName("D29 a context that can't be captured or opened is the caller's failure, and the next call is served")
	void failingContexts() {
		Deferred<Who> who = Deferred.of(this.scheduler, new Who(), options());
		USER.set("can't be captured");
		assertThatIllegalStateException().isThrownBy(who.sync()::user).withMessage("can't be captured");
		USER.set("can't be opened");
		assertThatIllegalStateException().isThrownBy(who.sync()::user).withMessage("can't be opened");
		USER.set("Ophelia");
		assertThat(who.sync().user()).isEqualTo("Ophelia");
		assertThat(who.calls().pending()).isZero();
	}

	@Test
	@DisplayName("D29 D19 a call that comes back into a reentrant handler has the context of its chain")
	void nestedCalls() {
		Who target = new Who();
		Deferred<Who> who = Deferred.of(this.scheduler, target, options().toBuilder().reentrant(true).build());
		Detour detour = new Detour();
		target.detour = Deferred.of(this.scheduler, detour, options()).sync();
		detour.who = who.sync();
		USER.set("Ophelia");
		assertThat(who.sync().roundabout()).isEqualTo("Ophelia Ophelia Ophelia");
	}

	@Test
	@DisplayName("D29 D40 a thread of the user's own that processes gets its context back after each body")
	void manualProcessing() {
		Deferred<Who> who = Deferred.of(this.scheduler, new Who(),
				options().toBuilder().processing(Processing.MANUAL).build());
		BlockingQueue<String> seen = new LinkedBlockingQueue<>();
		USER.set("Ophelia");
		who.oneway().tell(seen);
		USER.remove();
		who.oneway().tell(seen);
		USER.set("Hamlet");
		assertThat(who.calls().process()).isEqualTo(2);
		assertThat(seen).containsExactly("Ophelia, detached", "nobody");
		assertThat(USER.get()).isEqualTo("Hamlet");
	}

	/** Carries the user's name, and marks what nobody waits for. */
	static final class UserCarrier implements ContextCarrier {

		@Override
		public Snapshot capture() {
			return capture("");
		}

		@Override
		public Snapshot captureDetached() {
			return capture(", detached");
		}

		private static Snapshot capture(String how) {
			String user = USER.get();
			if ("can't be captured".equals(user)) {
				throw new IllegalStateException(user);
			}
			return new User((user != null) ? user + how : null);
		}

	}

	/** One user, or none. */
	record User(@Nullable String name) implements ContextCarrier.Snapshot {

		@Override
		public ContextCarrier.Scope open() {
			if ("can't be opened".equals(this.name)) {
				throw new IllegalStateException(this.name);
			}
			String before = USER.get();
			USER.set(this.name);
			return () -> USER.set(before);
		}

		@Override
		public boolean isEmpty() {
			return this.name == null;
		}

	}

	/** Says who calls. */
	static class Who {

		final List<String> wrong = new ArrayList<>();

		@Nullable Detour detour;

		private int checked;

		@Nullable String user() {
			return USER.get();
		}

		@ReadOnly
		@Nullable String readUser() {
			return USER.get();
		}

		CompletionStage<@Nullable String> futureUser() {
			return CompletableFuture.completedFuture(USER.get());
		}

		void tell(BlockingQueue<String> seen) {
			String user = USER.get();
			seen.add((user != null) ? user : "nobody");
		}

		void become(String name) {
			USER.set(name);
		}

		@Nullable String inherited() {
			return INHERITED.get();
		}

		@ReadOnly
		@Nullable String readInherited() {
			return INHERITED.get();
		}

		String parent() {
			GreenThread<?> current = GreenThread.current();
			GreenThread<?> parent = (current != null) ? current.parent() : null;
			return (parent != null) ? parent.name() : "nobody";
		}

		@ReadOnly
		String readParent() {
			return parent();
		}

		ClassLoader classLoader() {
			return Thread.currentThread().getContextClassLoader();
		}

		void check(String expected) {
			this.checked++;
			if (!expected.equals(USER.get())) {
				this.wrong.add(USER.get() + " instead of " + expected);
			}
		}

		int checked() {
			return this.checked;
		}

		String roundabout() {
			return USER.get() + " " + java.util.Objects.requireNonNull(this.detour).back();
		}

	}

	/** Calls back. */
	static class Detour {

		@Nullable Who who;

		String back() {
			return USER.get() + " " + java.util.Objects.requireNonNull(this.who).user();
		}

	}

	/** Notes who is there between calls. */
	static class LoopedWho extends Who {

		private final List<String> between = new CopyOnWriteArrayList<>();

		@ProcessingLoop
		void run(DeferredCalls calls) {
			while (!calls.isClosing()) {
				this.between.add(String.valueOf(USER.get()).replace("null", "nobody"));
				calls.process(Duration.ofMillis(1));
			}
		}

		List<String> betweenCalls() {
			return List.copyOf(this.between);
		}

	}

}
