package io.greenroom.deferred;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenService;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.HandlerGauges;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands behind a {@link Deferred}: a target object, its mailbox, and the green
 * thread that owns it. Users meet the handle; this class is for integrations that
 * intercept calls by their own means, as Greenroom's Spring part does. Safe for use by
 * many threads.
 * <p>
 * The way of a call: {@link #submit} reserves room, pushes the call and waits; the thread
 * that holds the handler takes it and {@linkplain #run runs} it; its end wakes the
 * caller.
 */
public final class Handler implements GreenService {

	private static final Logger log = LoggerFactory.getLogger(Deferred.class);

	private static final VarHandle HOLDER;
	static {
		try {
			HOLDER = MethodHandles.lookup().findVarHandle(Handler.class, "holder", Thread.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** The handler whose mailbox the current thread is about to pass by. */
	private static final ThreadLocal<@Nullable Handler> DIRECT = new ThreadLocal<>();

	private final GreenScheduler scheduler;

	private final HandlerType type;

	private final Object target;

	private final HandlerOptions options;

	private final String name;

	private final Mailbox mailbox;

	private final Processor processor;

	private final CallReports reports;

	private final CallWait wait;

	/** The thread that may run bodies now; only the holder may give it up. */
	private volatile @Nullable Thread holder;

	/** The holder's part in the wait-for graph; written by it. */
	private volatile @Nullable Held held;

	/** The owner's green thread; guarded by this. */
	private @Nullable GreenThread<Void> owner;

	private volatile boolean started;

	private volatile boolean closing;

	/** Why nothing more runs; set once. */
	private volatile @Nullable Throwable stopped;

	/** What runs now, for messages; written by the holder. */
	private volatile @Nullable Call running;

	/**
	 * Whether the holder is a thread of the handler's own. Written by it before it runs
	 * anything.
	 */
	private boolean owned;

	/**
	 * Whether the next entry into the target's own proxy is the body of the running call.
	 * Confined to the holder.
	 */
	private boolean entering;

	/**
	 * Makes a handler. Its owner starts at the first call, or with {@link #start()}.
	 * @param scheduler where the owner runs
	 * @param type what is known of the target's class
	 * @param target the object whose methods are called
	 * @param options how calls are taken
	 */
	public Handler(GreenScheduler scheduler, HandlerType type, Object target, HandlerOptions options) {
		this.scheduler = scheduler;
		this.type = type;
		this.target = target;
		this.options = options;
		this.name = options.name().isEmpty() ? type.type().getSimpleName() : options.name();
		this.mailbox = new Mailbox(options.capacity());
		this.processor = new Processor(this, this.mailbox);
		this.reports = new CallReports(this.name, scheduler.observer(), gauges());
		this.wait = new CallWait(this, this.reports, options);
	}

	private HandlerGauges gauges() {
		return new HandlerGauges() {

			@Override
			public int queued() {
				return Handler.this.mailbox.size();
			}

			@Override
			public Duration oldestAge() {
				Call oldest = Handler.this.mailbox.oldest();
				return (oldest != null && oldest.isPending()) ? Handler.this.reports.age(oldest) : Duration.ZERO;
			}

		};
	}

	@Override
	public String name() {
		return this.name;
	}

	/**
	 * Returns what is known of the target's class.
	 * @return the type
	 */
	public HandlerType type() {
		return this.type;
	}

	/**
	 * Returns the object whose methods are called, without anything round it.
	 * @return the target
	 */
	public Object target() {
		return this.target;
	}

	/**
	 * Returns the calls that wait.
	 * @return the control object of whoever processes
	 */
	public DeferredCalls calls() {
		return this.processor;
	}

	/**
	 * Returns a handle.
	 * @param as the type to call by: the target's class, or an interface the entry
	 * implements
	 * @param entry what bodies are called on: the target, or a proxy round it that leads
	 * back to {@link #call}
	 * @return a new handle
	 * @param <T> the type to call by
	 */
	public <T> Deferred<T> deferred(Class<T> as, T entry) {
		return new Handle<>(this, HandlerType.of(as), as, entry);
	}

	/**
	 * Makes a call that an integration has intercepted: lets it through where it comes
	 * from this handler itself or from its handle's {@code direct()}, and else takes it
	 * into the mailbox as the called method declares.
	 * @param invocation the intercepted call
	 * @return what the caller gets
	 * @throws Throwable what the body threw, or a {@link DeferredException}
	 */
	public @Nullable Object call(Invocation invocation) throws Throwable {
		if (isEntered()) {
			return invocation.proceed();
		}
		HandlerMethod method = this.type.method(invocation.method());
		return submit(new InvocationCall(this, method, invocation), method, timeoutNanos());
	}

	private boolean isEntered() {
		if (isHeldByCurrentThread() && this.entering) {
			this.entering = false;
			return true;
		}
		if (DIRECT.get() == this) {
			DIRECT.remove();
			return true;
		}
		return false;
	}

	boolean isHeldByCurrentThread() {
		return this.holder == Thread.currentThread();
	}

	/**
	 * Makes a call: runs it here where the caller holds the handler, and queues it where
	 * not.
	 */
	@Nullable Object submit(Call call, HandlerMethod method, long nanos) throws Throwable {
		if (call.mode() != CallMode.ONEWAY && isHeldByCurrentThread()) {
			return call.invoke();
		}
		checkCallable(method);
		long start = System.nanoTime();
		if (call.mode() == CallMode.SYNC) {
			nanos = withinOuter(start, nanos);
			call.deadline = start + nanos;
		}
		enqueue(call, start, nanos);
		return switch (call.mode()) {
			case SYNC -> this.wait.outcome(call, start, nanos);
			case ASYNC -> call.future();
			case ONEWAY -> method.nothing();
		};
	}

	/** A call made by the body of another one has no more time than that. */
	private static long withinOuter(long now, long nanos) {
		Held held = Held.current();
		Call outer = (held != null) ? held.handler().running : null;
		return (outer != null && outer.mode() == CallMode.SYNC) ? Math.max(0, Math.min(nanos, outer.deadline - now))
				: nanos;
	}

	private void checkCallable(HandlerMethod method) {
		if (method.equals(this.type.loop())) {
			throw new IllegalStateException("%s.%s is the handler's processing loop; Greenroom runs it, nobody calls it"
				.formatted(this.name, method.name()));
		}
	}

	/** Runs a function of the target as one call in its turn. */
	<T, R extends @Nullable Object> CompletableFuture<R> async(Function<? super T, ? extends R> function, T entry) {
		FunctionCall<T, R> call = new FunctionCall<>(this, function, entry);
		enqueue(call, System.nanoTime(), timeoutNanos());
		@SuppressWarnings("unchecked")
		CompletableFuture<R> future = (CompletableFuture<R>) call.future();
		return future;
	}

	/** Runs a body past the mailbox, on the caller's thread. */
	@Nullable Object direct(HandlerMethod method, Object entry, @Nullable Object[] arguments) throws Throwable {
		if (entry == this.target) {
			return method.invoke(entry, arguments);
		}
		DIRECT.set(this);
		try {
			return method.invoke(entry, arguments);
		}
		finally {
			DIRECT.remove();
		}
	}

	private void enqueue(Call call, long start, long nanos) {
		if (this.closing || this.stopped != null) {
			throw refused(call, stoppedException(call));
		}
		this.reports.submitted(call, start);
		if (!this.mailbox.tryReserve()) {
			awaitRoom(call, nanos);
		}
		if (!this.mailbox.push(call)) {
			throw refused(call, stoppedException(call));
		}
		if (!this.started && !this.type.hasLoop()) {
			startOwner();
		}
	}

	private void awaitRoom(Call call, long nanos) {
		boolean mayWait = this.options.overflow() == Overflow.BLOCK && !isHeldByCurrentThread();
		try {
			if (!mayWait || !this.wait.reserve(this.mailbox, call, nanos)) {
				throw refused(call, fullException(call, mayWait));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new DeferredInterruptedException(
					"Interrupted while waiting for room in the mailbox of %s for %s; the call was not made"
						.formatted(this.name, call.method()),
					ex);
		}
	}

	private DeferredException refused(Call call, DeferredException reason) {
		this.reports.rejected(call, (reason instanceof MailboxFullException) ? "full" : "stopped");
		return reason;
	}

	private MailboxFullException fullException(Call call, boolean waited) {
		return new MailboxFullException(
				"The mailbox of %s is full (%d calls waiting%s)%s, so %s.%s was not taken; raise its capacity or call it less often"
					.formatted(this.name, this.mailbox.capacity(), doing(),
							waited ? " and had no room within " + this.options.timeout() : "", this.name,
							call.method()),
				null);
	}

	private HandlerStoppedException stoppedException(Call call) {
		Throwable reason = this.stopped;
		if (reason == null || reason instanceof HandlerStoppedException) {
			return new HandlerStoppedException(
					"%s.%s was not run: the handler is shut down or shutting down; stop calling it before the application ends"
						.formatted(this.name, call.method()),
					null);
		}
		return new HandlerStoppedException("%s.%s was not run: the handler's processing loop died of %s"
			.formatted(this.name, call.method(), reason), reason);
	}

	/** Says what runs now, as the end of a message. */
	String doing() {
		Call now = this.running;
		return (now != null) ? "; the handler was running " + now.method() : "";
	}

	/** Runs a call on the thread that holds the handler; returns whether its body ran. */
	boolean run(Call call) {
		Throwable reason = this.stopped;
		if (reason != null) {
			call.fail(stoppedException(call));
			return false;
		}
		if (!call.begin()) {
			return false;
		}
		Call outer = this.running;
		this.running = call;
		long begun = this.reports.now();
		@Nullable Object result = null;
		@Nullable Throwable failure = null;
		try {
			result = call.invoke();
		}
		catch (Throwable thrown) {
			failure = thrown;
		}
		this.entering = false;
		this.running = outer;
		if (this.owned) {
			// A flag set for one body must not reach the next.
			Thread.interrupted();
		}
		call.clear();
		finish(call, begun, result, failure);
		return true;
	}

	private void finish(Call call, long begun, @Nullable Object result, @Nullable Throwable failure) {
		if (failure == null) {
			boolean awaited = call.returned(result);
			this.reports.returned(call, begun, awaited);
		}
		else {
			boolean awaited = call.threw(failure);
			this.reports.threw(call, begun, failure, awaited);
		}
		if (call.mode() == CallMode.ASYNC) {
			complete(call.future(), result, failure);
		}
	}

	@SuppressWarnings("unchecked")
	private static void complete(CompletableFuture<@Nullable Object> future, @Nullable Object result,
			@Nullable Throwable failure) {
		if (failure != null) {
			future.completeExceptionally(failure);
		}
		else if (result instanceof java.util.concurrent.CompletionStage<?> stage) {
			stage.whenComplete((value, thrown) -> complete(future, value,
					(thrown instanceof CompletionException wrapped && wrapped.getCause() != null) ? wrapped.getCause()
							: thrown));
		}
		else {
			future.complete(result);
		}
	}

	/**
	 * Says that the next entry into the target's proxy is the body itself. Holder only.
	 */
	void aboutToEnter(Object entry) {
		this.entering = (entry != this.target);
	}

	/** Nothing waits: the processor is about to sleep. */
	void idle() {
		this.reports.keptUp();
	}

	/**
	 * Takes the handler for the current thread; returns whether it was free, and not its
	 * own already.
	 */
	boolean hold() {
		Thread current = Thread.currentThread();
		Thread before = (Thread) HOLDER.compareAndExchange(this, null, current);
		if (before != null && before != current) {
			throw new IllegalStateException(
					"%s is processed by thread '%s' already; one thread at a time may process it".formatted(this.name,
							before.getName()));
		}
		if (before == null) {
			this.held = Held.begin(this);
		}
		return before == null;
	}

	void release() {
		Held held = Objects.requireNonNull(this.held);
		this.held = null;
		held.end();
		this.holder = null;
	}

	@Nullable Held held() {
		return this.held;
	}

	@Nullable Call running() {
		return this.running;
	}

	boolean isReentrant() {
		return this.options.reentrant();
	}

	void refusedAsDeadlock(Call call) {
		this.reports.rejected(call, "deadlock");
	}

	boolean isClosing() {
		return this.closing;
	}

	boolean isStopped() {
		return this.stopped != null;
	}

	/**
	 * Starts the owner of a handler with a {@link ProcessingLoop}. Does nothing for
	 * others, whose owner starts with their first call, and when it has started before.
	 */
	public void start() {
		if (this.type.hasLoop() && !this.started) {
			startOwner();
		}
	}

	private void startOwner() {
		synchronized (this) {
			if (this.started || this.stopped != null) {
				return;
			}
			try {
				this.scheduler.attach(this);
				if (this.options.processing() == Processing.OWNER) {
					this.owner = this.scheduler.spawn("handler-" + this.name, this::own);
				}
			}
			catch (SchedulerClosedException | OutOfMemoryError refused) {
				stopWith(refused);
				return;
			}
			this.started = true;
		}
	}

	/** The owner's whole life. */
	private void own() {
		hold();
		this.owned = true;
		try {
			HandlerMethod loop = this.type.loop();
			if (loop != null) {
				loop.invoke(this.target, new Object[] { this.processor });
				this.closing = true;
			}
			do {
				// Returns when closing with nothing left; a stray interrupt or stop means
				// nothing here.
				this.processor.processForever();
				Thread.interrupted();
			}
			while (this.stopped == null && !(this.closing && this.mailbox.closeIfEmpty()));
			stopWith(new HandlerStoppedException("closed", null));
		}
		catch (Throwable death) {
			log.error("The processing loop of handler '{}' died; its callers are told", this.name, death);
			stopWith(death);
		}
		finally {
			release();
		}
	}

	/**
	 * Ends the handler: nothing runs any more, and whoever waits is told. Returns what
	 * was left.
	 */
	private List<String> stopWith(Throwable reason) {
		List<String> left = new ArrayList<>();
		synchronized (this) {
			if (this.stopped == null) {
				this.stopped = reason;
			}
		}
		this.closing = true;
		this.mailbox.close((call) -> {
			if (call.fail(stoppedException(call))) {
				this.reports.leftOver(call);
				left.add(call.method());
			}
		});
		this.scheduler.detach(this);
		return left;
	}

	/**
	 * Shuts the handler down: refuses calls at once, runs those accepted within the time
	 * given, and fails the rest to their callers with a {@link HandlerStoppedException}.
	 * What was left is logged by name.
	 */
	@Override
	public void stop(Duration grace) throws InterruptedException {
		this.closing = true;
		this.mailbox.wake();
		GreenThread<Void> ownerThread;
		synchronized (this) {
			ownerThread = this.owner;
		}
		if (ownerThread != null && ownerThread.join(grace)) {
			return;
		}
		List<String> left = stopWith(new HandlerStoppedException("stopped", null));
		Call stuck = this.running;
		if (ownerThread != null) {
			ownerThread.kill();
		}
		if (!left.isEmpty() || stuck != null) {
			log.warn("Handler '{}' was stopped after {} with {} calls left, whose callers were told: {}{}", this.name,
					grace, left.size(), left, (stuck != null) ? "; still running: " + stuck.method() : "");
		}
	}

	@Override
	public String toString() {
		return "Handler[" + this.name + "]";
	}

	/** Returns how long a call waits where its caller says nothing. */
	long timeoutNanos() {
		return nanos(this.options.timeout());
	}

	/** Returns the length in nanoseconds, the largest number where it is longer. */
	static long nanos(Duration length) {
		try {
			return length.toNanos();
		}
		catch (ArithmeticException tooLong) {
			return Long.MAX_VALUE / 2;
		}
	}

	/** What the bodies of calls made through views are called on. */
	record Entry(Handler handler, Object object) {

		@Nullable Object invoke(HandlerMethod method, @Nullable Object[] arguments) throws Throwable {
			this.handler.aboutToEnter(this.object);
			return method.invoke(this.object, arguments);
		}

	}

	/** A call that an integration has intercepted. */
	private static final class InvocationCall extends Call {

		private final Handler handler;

		private final HandlerMethod method;

		private @Nullable Invocation invocation;

		InvocationCall(Handler handler, HandlerMethod method, Invocation invocation) {
			super(method.mode());
			this.handler = handler;
			this.method = method;
			this.invocation = invocation;
		}

		@Override
		@Nullable Object invoke() throws Throwable {
			return Objects.requireNonNull(this.invocation).proceed();
		}

		@Override
		String method() {
			return this.method.name();
		}

		@Override
		void runAsNested() {
			this.handler.run(this);
		}

		@Override
		void clear() {
			this.invocation = null;
		}

	}

	/** A function of the handler, run as one call. */
	private static final class FunctionCall<T, R extends @Nullable Object> extends Call {

		private final Handler handler;

		private @Nullable Function<? super T, ? extends R> function;

		private final T entry;

		FunctionCall(Handler handler, Function<? super T, ? extends R> function, T entry) {
			super(CallMode.ASYNC);
			this.handler = handler;
			this.function = Objects.requireNonNull(function, "function");
			this.entry = entry;
		}

		@Override
		@Nullable Object invoke() {
			return Objects.requireNonNull(this.function).apply(this.entry);
		}

		@Override
		String method() {
			return "async";
		}

		@Override
		void runAsNested() {
			this.handler.run(this);
		}

		@Override
		void clear() {
			this.function = null;
		}

	}

}
