package io.greenroom;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.lang.reflect.TypeVariable;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.RestartPolicy;
import io.greenroom.deferred.internal.CallGate;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerFamily;
import io.greenroom.deferred.internal.HandlerHost;
import io.greenroom.deferred.internal.HandlerRoute;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.deferred.internal.Invocation;
import io.greenroom.deferred.internal.RoutedCall;
import io.greenroom.green.Awaitable;
import io.greenroom.green.Deadline;
import io.greenroom.green.DrainReport;
import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenFunction;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenQueue;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenService;
import io.greenroom.green.GreenTask;
import io.greenroom.green.GreenThreadDump;
import io.greenroom.green.GreenWait;
import io.greenroom.green.Join;
import io.greenroom.green.Slot;
import io.greenroom.green.Timeout;
import io.greenroom.green.WorkReport;
import io.greenroom.green.io.Command;
import io.greenroom.green.io.CommandResult;
import io.greenroom.green.io.GreenServer;
import io.greenroom.green.worker.Worker;
import io.greenroom.state.State;
import io.greenroom.state.StateBoundary;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import io.greenroom.state.StateDiagram;
import io.greenroom.state.StateEntry;
import io.greenroom.state.StateInstantiator;
import io.greenroom.state.StateJournal;
import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.state.StateMove;
import io.greenroom.state.processor.StateProcessor;
import io.greenroom.testkit.CloseSchedulers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for every public method of the core: whoever passes {@code null} where that
 * means nothing is told which argument it was, before anything has happened.
 */
@org.junit.jupiter.api.Timeout(60)
@CloseSchedulers
class PublicEdgeTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(1)).build();

	private final StateMachines machines = StateMachines.builder(this.scheduler).build();

	/** What users implement: nobody calls these but us. */
	private static final Set<Class<?>> OF_USERS = Set.of(Awaitable.class, CallGate.class, CallerTransactions.class,
			DrainedService.class, HandlerFamily.Keeper.class, HandlerHost.class, HandlerRoute.class,
			GreenFunction.class, GreenService.class, GreenServer.Handler.class, GreenTask.class, Invocation.class,
			StateBoundary.class, StateEntry.class, StateInstantiator.class, StateJournal.class, StateListener.class,
			StateProcessor.class);

	/** What Greenroom makes, and users only read. */
	private static final Set<Class<?>> TOLD = Set.of(CommandResult.class, DrainReport.class, GreenThreadDump.class,
			GreenThreadDump.Entry.class, HandlerSnapshot.class, HandlerSnapshot.Body.class, HandlerSnapshot.Edge.class,
			StateDescriptor.class, StateDiagram.class, StateDiagram.Edge.class, StateJournal.Entry.class,
			StateMove.class, WorkReport.class);

	private final Map<Class<?>, Object> samples = new LinkedHashMap<>();

	/** One of the samples. */
	private @Nullable Slot slot;

	private final List<String> faults = new ArrayList<>();

	/** Code of the caller's that ran. */
	private final List<String> ran = new CopyOnWriteArrayList<>();

	static class Desk {

		static final String TEXT = "the user's own";

		void work() {
		}

		@Override
		public String toString() {
			return TEXT;
		}

	}

	static class Door {

		@State(initial = true)
		void open() {
		}

	}

	private void fill() throws Exception {
		add(this.scheduler, this.machines, "open", Duration.ofMillis(1), StandardCharsets.UTF_8, Path.of("."),
				new InetSocketAddress("localhost", 0), Instant.EPOCH, List.of(), Map.of(), new CompletableFuture<>(),
				new IllegalStateException("sample"), Desk.class, Thread.currentThread());
		GreenPool pool = this.scheduler.pool("sample").size(2).build();
		Desk target = new Desk();
		Deferred<Desk> desk = Deferred.of(this.scheduler, target);
		desk.sync().work();
		HandlerType type = HandlerType.of(Desk.class);
		Handler handler = new Handler(this.scheduler, type, target, HandlerOptions.defaults());
		HandlerFamily family = family(type);
		AtomicReference<@Nullable RoutedCall> routed = new AtomicReference<>();
		family.view(Desk.class, (call) -> {
			routed.set(call);
			return null;
		}).work();
		add(family, Objects.requireNonNull(routed.get()));
		StateMachine machine = this.machines.of(this.machines.create(Door.class));
		StateClass states = StateClass.of(Door.class);
		this.slot = pool.enter(Duration.ofSeconds(1));
		add(pool, this.scheduler.pool("other"), this.scheduler.spawn(() -> {
		}), this.scheduler.group(), this.scheduler.scope(), desk, desk.calls(), type, handler, new Handlers(), machine,
				machine.diagram(), states, states.method("open"), StateMachines.builder(this.scheduler),
				HandlerOptions.defaults(), RestartPolicy.none(), Command.of("true"),
				Deadline.after(Duration.ofSeconds(1)), new GreenEvent(), Awaitable.of(new CompletableFuture<>() {

					@Override
					public String toString() {
						return Desk.TEXT;
					}

				}), new GreenQueue<>(1), GreenWait.on(List.of(new GreenEvent())), Timeout.after(Duration.ofSeconds(1)),
				GreenScheduler.builder(), HandlerOptions.builder(), Worker.builder(), Worker.builder().build(),
				Join.all(), this.slot,
				GreenServer.listen(this.scheduler, pool, new InetSocketAddress("localhost", 0), (connection) -> {
				}));
	}

	/** The scheduler's close would wait for it. */
	@AfterEach
	void returnSlot() {
		if (this.slot != null) {
			this.slot.close();
		}
	}

	private HandlerFamily family(HandlerType type) {
		return new HandlerFamily(this.scheduler, type, HandlerOptions.defaults(), CallerTransactions.NONE,
				(method) -> false, List::of, new HandlerFamily.Keeper() {

					@Override
					public Duration pause() {
						return Duration.ofSeconds(1);
					}

					@Override
					public void look() {
					}

				});
	}

	private void add(Object... objects) {
		for (Object sample : objects) {
			this.samples.put(sample.getClass(), sample);
		}
	}

	@Test
	@DisplayName("Every public method tells which argument must not be null, and has done nothing by then")
	void tellsWhichArgument() throws Exception {
		fill();
		Set<Class<?>> unknown = new LinkedHashSet<>();
		for (Class<?> type : publicTypes()) {
			for (Constructor<?> constructor : type.getConstructors()) {
				if (!constructor.isSynthetic() && !TOLD.contains(type)) {
					check(constructor, constructor::newInstance);
				}
			}
			for (Method method : methods(type)) {
				Object receiver = Modifier.isStatic(method.getModifiers()) ? null : sample(type);
				if (Modifier.isStatic(method.getModifiers()) || (receiver != null && !OF_USERS.contains(type))) {
					check(method, (arguments) -> method.invoke(receiver, arguments));
				}
				else if (!OF_USERS.contains(type) && takesObjects(method)) {
					unknown.add(type);
				}
			}
		}
		assertThat(unknown).as("public types without a sample here").isEmpty();
		assertThat(this.faults).isEmpty();
		assertThat(this.ran).isEmpty();
	}

	@Test
	@DisplayName("What Greenroom hands out says in a line what it is, without code of the user's")
	void saysWhatItIs() throws Exception {
		fill();
		add(this.scheduler.services().toArray());
		for (Object sample : this.samples.values()) {
			Class<?> type = sample.getClass();
			if (type.getName().startsWith("io.greenroom.") && !type.getSimpleName().equals("Builder")
					&& type.getEnclosingClass() != PublicEdgeTests.class) {
				assertThat(sample.toString()).matches("\\w+\\[.*]").doesNotContain(Desk.TEXT);
			}
		}
	}

	private static List<Method> methods(Class<?> type) {
		return Arrays.stream(type.getMethods())
			.filter((method) -> !method.isSynthetic() && !method.isBridge()
					&& method.getDeclaringClass().getName().startsWith("io.greenroom."))
			.filter((method) -> !method.getName().equals("equals") && !type.isEnum())
			.filter((method) -> !Modifier.isStatic(method.getModifiers()) || method.getDeclaringClass() == type)
			.sorted(Comparator.comparing(Method::toString))
			.toList();
	}

	private static boolean takesObjects(Executable method) {
		return Arrays.stream(method.getParameters()).anyMatch(PublicEdgeTests::mustBeThere);
	}

	/** Returns whether a parameter takes an object, and not {@code null}. */
	private static boolean mustBeThere(Parameter parameter) {
		if (parameter.getType().isPrimitive()) {
			return false;
		}
		if (parameter.getParameterizedType() instanceof TypeVariable<?> variable
				&& Arrays.stream(variable.getAnnotatedBounds()).anyMatch(PublicEdgeTests::isNullable)) {
			return false;
		}
		return !isNullable(parameter.getAnnotatedType());
	}

	private static boolean isNullable(AnnotatedType type) {
		return type.isAnnotationPresent(Nullable.class);
	}

	@FunctionalInterface
	private interface Call {

		Object with(@Nullable Object[] arguments) throws ReflectiveOperationException;

	}

	/** Calls it with {@code null} for each of its parameters in turn. */
	private void check(Executable called, Call call) throws Exception {
		Parameter[] parameters = called.getParameters();
		for (int i = 0; i < parameters.length; i++) {
			if (!mustBeThere(parameters[i])) {
				continue;
			}
			String what = "%s, %s = null".formatted(called.toGenericString(), parameters[i].getName());
			Object[] arguments = new Object[parameters.length];
			for (int k = 0; k < parameters.length; k++) {
				arguments[k] = (k == i) ? null : sample(parameters[k].getType());
			}
			Throwable thrown = outcome(call, arguments);
			if (!isTold(parameters[i].getName(), thrown)) {
				this.faults.add(what + ": " + thrown);
			}
			for (String code : this.ran) {
				this.faults.add(what + ": ran " + code);
			}
			this.ran.clear();
		}
	}

	/** Returns what a call throws, on a thread of its own, as it may wait for ever. */
	private static @Nullable Throwable outcome(Call call, @Nullable Object[] arguments) throws Exception {
		CompletableFuture<@Nullable Throwable> outcome = new CompletableFuture<>();
		Thread thread = Thread.startVirtualThread(() -> {
			try {
				call.with(arguments);
				outcome.complete(null);
			}
			catch (InvocationTargetException thrown) {
				outcome.complete(thrown.getCause());
			}
			catch (Throwable broken) {
				outcome.completeExceptionally(broken);
			}
		});
		try {
			return outcome.get(20, TimeUnit.SECONDS);
		}
		catch (TimeoutException waits) {
			thread.interrupt();
			return waits;
		}
	}

	private static boolean isTold(String name, @Nullable Throwable thrown) {
		if (!(thrown instanceof NullPointerException || thrown instanceof IllegalArgumentException)) {
			return false;
		}
		String message = String.valueOf(thrown.getMessage());
		// The JVM's own words are for what was not looked at.
		return Pattern.compile("\\b" + name + "\\b").matcher(message).find() && !message.startsWith("Cannot ");
	}

	/** Returns something of a type, {@code null} if there is nothing. */
	private @Nullable Object sample(Class<?> type) {
		if (type.isPrimitive()) {
			return (type == boolean.class) ? (Object) false : (Object) (byte) 1;
		}
		for (Object sample : this.samples.values()) {
			if (type.isInstance(sample) && type != Object.class) {
				return sample;
			}
		}
		if (type.isArray()) {
			return Array.newInstance(type.getComponentType(), 0);
		}
		if (type.isEnum()) {
			return type.getEnumConstants()[0];
		}
		if (type.isInterface() && (!type.getName().startsWith("io.greenroom.") || OF_USERS.contains(type))) {
			return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
					(proxy, method, arguments) -> {
						if (method.getDeclaringClass() == Object.class) {
							return method.getName().equals("hashCode") ? 1
									: method.getName().equals("equals") ? false : "sample";
						}
						this.ran.add(method.toString());
						return null;
					});
		}
		return (type == Object.class) ? new Desk() : null;
	}

	private static List<Class<?>> publicTypes() throws Exception {
		Path classes = Path.of(GreenScheduler.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		List<Class<?>> types = new ArrayList<>();
		for (String part : List.of("green", "deferred", "state")) {
			try (Stream<Path> files = Files.walk(classes.resolve("io/greenroom/" + part))) {
				for (String file : files.map((path) -> classes.relativize(path).toString()).sorted().toList()) {
					if (file.endsWith(".class") && !file.contains("internal") && !file.endsWith("package-info.class")) {
						Class<?> type = Class
							.forName(file.substring(0, file.length() - ".class".length()).replace('/', '.'));
						if (isPublic(type)) {
							types.add(type);
						}
					}
				}
			}
		}
		assertThat(types).hasSizeGreaterThan(80);
		return types;
	}

	private static boolean isPublic(Class<?> type) {
		Class<?> outer = type.getEnclosingClass();
		return Modifier.isPublic(type.getModifiers()) && !type.isAnnotation() && (outer == null || isPublic(outer));
	}

}
