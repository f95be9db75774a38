package io.greenroom.deferred.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.WorkReport;
import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.observe.HandlerGauges;
import org.jspecify.annotations.Nullable;

/**
 * Handlers of one class, name and options that come and go, each for a key. Their
 * scheduler sees them as one service. Their creator keeps them, and tells the family
 * which there are. For internal use only. Thread-safe.
 */
public final class HandlerFamily implements DrainedService {

	/**
	 * How many members may keep a green thread while they have nothing to do. A thread
	 * takes as much memory as the member itself.
	 */
	private static final int MOST_AWAKE = 4096;

	private final HandlerParts parts;

	private final CallerTransactions transactions;

	private final HandlerMethod[] methods;

	private final Predicate<Method> passing;

	private final Supplier<? extends Iterable<Handler>> members;

	private final Keeper keeper;

	/** The members that have a green thread. */
	private final AwakeHandlers awake = new AwakeHandlers(MOST_AWAKE);

	private final CallReports reports;

	private final Duration inspection;

	/** Counts the work of members that have gone since the drain began. */
	private final WorkCounter gone = new WorkCounter();

	private volatile boolean draining;

	private volatile boolean stopping;

	/**
	 * Creates a family without members, and attaches it to its scheduler.
	 * @param scheduler where its threads run
	 * @param type the metadata of the members' class
	 * @param options how calls are taken, and the name
	 * @param transactions access to the transactions of the callers
	 * @param passing which methods bypass the mailbox and run on their caller's thread
	 * @param members supplies all current members
	 * @param keeper inspects them at intervals
	 */
	public HandlerFamily(GreenScheduler scheduler, HandlerType type, HandlerOptions options,
			CallerTransactions transactions, Predicate<Method> passing, Supplier<? extends Iterable<Handler>> members,
			Keeper keeper) {
		Objects.requireNonNull(scheduler, "scheduler");
		Objects.requireNonNull(passing, "passing");
		Objects.requireNonNull(members, "members");
		Objects.requireNonNull(keeper, "keeper");
		HandlerHome home = new Home();
		this.parts = new HandlerParts(scheduler, home, type, options);
		this.transactions = Objects.requireNonNull(transactions, "transactions");
		this.methods = type.methods().toArray(HandlerMethod[]::new);
		this.passing = passing;
		this.members = members;
		this.keeper = keeper;
		this.reports = new CallReports(new HandlerName(this.parts.name(), null), scheduler.observer(), gauges(),
				this.parts.time());
		Duration looks = Inspection.pause(options, keeper.pause());
		this.inspection = (looks.compareTo(keeper.pause()) < 0) ? looks : keeper.pause();
		scheduler.attach(this);
	}

	private HandlerGauges gauges() {
		AwakeHandlers known = this.awake;
		return new HandlerGauges() {

			@Override
			public int queued() {
				return known.all().stream().mapToInt((member) -> member.mailbox().size()).sum();
			}

			@Override
			public Duration oldestAge() {
				return known.all()
					.stream()
					.map((member) -> member.mailbox().oldestAge())
					.max(Duration::compareTo)
					.orElse(Duration.ZERO);
			}

			@Override
			public Duration runningAge() {
				return known.all()
					.stream()
					.map((member) -> Snapshots.runningAge(member.core()))
					.max(Duration::compareTo)
					.orElse(Duration.ZERO);
			}

		};
	}

	/**
	 * Creates a member. Its target is made at its first call.
	 * @param key its key, for messages
	 * @param host makes its target
	 * @return the member, which rejects calls if the family does
	 */
	public Handler member(String key, HandlerHost host) {
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(host, "host");
		return new Handler(this.parts, this.transactions, key, host, this.reports);
	}

	/**
	 * Registers a member that can be found from now on. It gets what was said to all
	 * members before.
	 * @param member the member
	 */
	public void added(Handler member) {
		Objects.requireNonNull(member, "member");
		if (this.draining) {
			member.reject();
		}
		if (this.stopping) {
			member.beginStop();
		}
	}

	/**
	 * Removes a member that has ended and can no longer be found.
	 * @param member the member
	 */
	public void removed(Handler member) {
		Objects.requireNonNull(member, "member");
		this.awake.remove(member);
		if (this.draining) {
			WorkReport report = member.report();
			this.gone.add(report);
		}
	}

	/**
	 * Returns a view of a member.
	 * @param as the class of the members, or an interface of it
	 * @param route the way to the member
	 * @return the view, whose calls are as declared
	 * @param <T> the type to call by
	 */
	public <T> T view(Class<T> as, HandlerRoute route) {
		Objects.requireNonNull(as, "as");
		Objects.requireNonNull(route, "route");
		return HandlerViews.view(as, new RoutedView(this, route, RoutedView.Kind.SYNC, CallSubmitter.AS_DECLARED));
	}

	/**
	 * Returns the handle of a member.
	 * @param as the class of the members
	 * @param route the way to the member
	 * @return the handle
	 * @param <T> the type to call by
	 */
	public <T> Deferred<T> deferred(Class<T> as, HandlerRoute route) {
		Objects.requireNonNull(as, "as");
		Objects.requireNonNull(route, "route");
		return new RoutedHandle<>(this, as, route);
	}

	/**
	 * Returns the metadata of the members' class.
	 * @return the type
	 */
	public HandlerType type() {
		return this.parts.type();
	}

	/**
	 * Returns the members that have a green thread: those that have something to do, and
	 * those that recently had.
	 * @return a copy, in any order
	 */
	public List<Handler> awake() {
		return this.awake.all();
	}

	/**
	 * Returns the time of the members' threads, for measuring durations.
	 * @return the time in nanoseconds
	 */
	public long now() {
		return this.parts.scheduler().nanoTime();
	}

	/**
	 * Runs jobs beside each other, and waits for the end of all of them. An interrupt
	 * does not cut the wait short and stays set.
	 * @param jobs the jobs, which throw nothing
	 */
	public void runAll(List<Runnable> jobs) {
		AtomicInteger left = new AtomicInteger(jobs.size());
		GreenEvent done = new GreenEvent();
		List<Runnable> counted = jobs.stream().<Runnable>map((job) -> () -> {
			try {
				job.run();
			}
			finally {
				if (left.decrementAndGet() == 0) {
					done.set();
				}
			}
		}).toList();
		boolean interrupted = false;
		try {
			engine().runAll(counted, new Countdown(Long.MAX_VALUE));
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		while (left.get() > 0) {
			try {
				done.await();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private Engine engine() {
		return SchedulerAccess.get().engine(this.parts.scheduler());
	}

	/**
	 * Returns whether the family no longer takes calls from outside.
	 * @return whether it is being shut down, or has been
	 */
	public boolean isClosing() {
		return this.draining || this.stopping;
	}

	/**
	 * Returns a call that only makes a member's target, and waits for it.
	 * @return the call
	 */
	public RoutedCall waking() {
		return new RoutedCall(this, this.methods[0]);
	}

	/**
	 * Returns a call that was stored, to be made through a member's mailbox. Its caller
	 * gets a future that completes when the body ends.
	 * @param method the method, of the members' type
	 * @param arguments the arguments of its caller
	 * @param round wraps the body
	 * @return the call
	 */
	public RoutedCall delivery(Method method, @Nullable Object[] arguments, Delivering round) {
		return new RoutedCall(this, type().method(Objects.requireNonNull(method, "method")), arguments,
				Objects.requireNonNull(round, "round"));
	}

	/**
	 * Returns the methods that callers may call.
	 * @return the methods by signature
	 */
	public Map<String, Method> signatures() {
		Map<String, Method> signatures = new LinkedHashMap<>();
		for (HandlerMethod method : this.methods) {
			if (!method.equals(this.parts.type().loop())) {
				signatures.put(signature(method.method()), method.method());
			}
		}
		return signatures;
	}

	/**
	 * Returns what distinguishes a method from the others of its class.
	 * @param method a method
	 * @return its name, with the names of its parameters' erased types
	 */
	public static String signature(Method method) {
		return Arrays.stream(method.getParameterTypes())
			.map(Class::getTypeName)
			.collect(Collectors.joining(",", method.getName() + "(", ")"));
	}

	/**
	 * Returns a call that came from another node.
	 * @param method one of the methods that callers may call
	 * @param arguments its arguments, boxed
	 * @param oneway whether nobody waits for an answer
	 * @param remaining how long the caller still waits
	 * @param guard decides whether the body may begin
	 * @param chain the handlers that wait for the answer
	 * @return the call
	 */
	public ArrivedCall arrived(Method method, @Nullable Object[] arguments, boolean oneway, Duration remaining,
			BodyGuard guard, List<HandlerChain.Waiting> chain) {
		HandlerMethod known = this.parts.type().method(method);
		return new ArrivedCall(this, known, arguments, oneway, HandlerCore.nanos(remaining), guard, chain);
	}

	/**
	 * Returns whether a method bypasses the mailbox.
	 * @param method a method
	 * @return whether it runs on the thread that calls it, as a move does
	 */
	public boolean isPassing(Method method) {
		return this.passing.test(method);
	}

	/**
	 * Returns how the members take calls.
	 * @return the options
	 */
	public HandlerOptions options() {
		return this.parts.options();
	}

	void atEnd(ReservedCall call) {
		this.transactions.atEnd(call);
	}

	boolean isInTransaction() {
		return this.transactions.isActive();
	}

	HandlerMethod method(int number) {
		return this.methods[number];
	}

	boolean passes(HandlerMethod method) {
		return this.passing.test(method.method());
	}

	long timeout() {
		return HandlerCore.nanos(this.parts.options().timeout());
	}

	CallReports reports() {
		return this.reports;
	}

	@Override
	public String name() {
		return this.parts.name();
	}

	@Override
	public void reject() {
		this.draining = true;
		this.members.get().forEach(Handler::reject);
	}

	@Override
	public boolean isQuiet() {
		for (Handler member : this.members.get()) {
			if (!member.isQuiet()) {
				return false;
			}
		}
		return true;
	}

	@Override
	public long mark() {
		long mark = 0;
		for (Handler member : this.members.get()) {
			mark += member.mark();
		}
		return mark;
	}

	@Override
	public List<GreenThread<?>> threads() {
		List<GreenThread<?>> threads = new ArrayList<>();
		this.awake.all().forEach((member) -> threads.addAll(member.threads()));
		return threads;
	}

	@Override
	public WorkReport report() {
		WorkReport before = this.gone.report();
		int ran = before.ran();
		int withdrawn = before.withdrawn();
		List<String> left = new ArrayList<>(before.left());
		for (Handler member : this.members.get()) {
			WorkReport report = member.report();
			ran += report.ran();
			withdrawn += report.withdrawn();
			left.addAll(report.left());
		}
		return new WorkReport(ran, withdrawn, left);
	}

	/**
	 * Stops all members as {@link Handler#stop} does, those with something to do at once.
	 */
	@Override
	public void stop(Duration grace) throws InterruptedException {
		Objects.requireNonNull(grace, "grace");
		this.stopping = true;
		this.members.get().forEach(Handler::beginStop);
		Queue<Thread> busy = new ConcurrentLinkedQueue<>();
		List<Runnable> jobs = new ArrayList<>();
		for (Handler member : this.members.get()) {
			if (member.threads().isEmpty()) {
				member.stop(Duration.ZERO);
			}
			else {
				jobs.add(() -> {
					busy.add(Thread.currentThread());
					stop(member, grace);
				});
			}
		}
		try {
			engine().runAll(jobs, new Countdown(Long.MAX_VALUE));
		}
		catch (InterruptedException ex) {
			busy.forEach(Parking::interrupt);
			throw ex;
		}
		this.parts.scheduler().detach(this);
	}

	private static void stop(Handler member, Duration grace) {
		try {
			member.stop(grace);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			member.close();
		}
	}

	@Override
	public Duration inspection() {
		return this.inspection;
	}

	@Override
	public void inspect() {
		this.awake.all().forEach(Handler::inspect);
		this.keeper.look();
	}

	@Override
	public String toString() {
		return "HandlerFamily[" + name() + "]";
	}

	/** Inspects the members that have nothing to do. */
	public interface Keeper {

		/**
		 * Returns how often to inspect.
		 * @return the time between two inspections
		 */
		Duration pause();

		/** Inspects the members that have nothing to do. Never called concurrently. */
		void look();

	}

	/** The home of the members. */
	private final class Home implements HandlerHome {

		@Override
		public void attach(DrainedService member) {
			// The family is attached in their place.
		}

		@Override
		public void retain(DrainedService member) {
			HandlerFamily.this.awake.add((Handler) member);
		}

		@Override
		public void release(DrainedService member) {
			HandlerFamily.this.awake.remove((Handler) member);
		}

		@Override
		public void detach(DrainedService member) {
			HandlerFamily.this.awake.remove((Handler) member);
		}

	}

}
