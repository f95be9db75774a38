package io.greenroom.spring.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.matcher.ElementMatchers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What bodies return of their handler's own state, in every shape. */
@Timeout(60)
class LeakedStateCheckTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	@ParameterizedTest
	@EnumSource
	@DisplayName("F11 with strict a body that hands out own state is an error to its caller, whatever the shape; without, it is told once")
	void ownState(Own shape) {
		this.runner.withPropertyValues("greenroom.deferred.strict=true")
			.withBean("shop", Shop.class)
			.run((context) -> assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(Shop.class).show(shape.function))
				.withMessageContaining("shop.show returned")
				.withMessageContaining("greenroom.deferred.strict is on"));
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		((Logger) LoggerFactory.getLogger(Deferred.class)).addAppender(log);
		try {
			this.runner.withBean("shop", Shop.class).run((context) -> {
				Shop shop = context.getBean(Shop.class);
				shop.show(shape.function);
				shop.show(shape.function);
			});
		}
		finally {
			((Logger) LoggerFactory.getLogger(Deferred.class)).detachAppender(log);
		}
		assertThat(log.list)
			.filteredOn((event) -> event.getLevel() == Level.WARN && event.getFormattedMessage().contains(" returned "))
			.singleElement()
			.asString()
			.contains("shop.show returned");
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F11 with strict a body may return copies, whatever holds them, and what many may use")
	void copies(Copy shape) {
		this.runner.withPropertyValues("greenroom.deferred.strict=true")
			.withBean("shop", Shop.class)
			.run((context) -> assertThatCode(() -> context.getBean(Shop.class).show(shape.function))
				.doesNotThrowAnyException());
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("F11 an entity whose collection was not loaded is told of where it leaves the body, and a loaded one is not")
	void lazyCollections(boolean loaded) throws Exception {
		try (var types = new ByteBuddy().makeInterface()
			.name("org.hibernate.collection.spi.PersistentCollection")
			.defineMethod("wasInitialized", boolean.class, Visibility.PUBLIC)
			.withoutCode()
			.make()) {
			Class<?> persistent = types.load(getClass().getClassLoader()).getLoaded();
			Object bag = new ByteBuddy().subclass(ArrayList.class)
				.implement(persistent)
				.name("org.hibernate.collection.spi.PersistentBag")
				.method(ElementMatchers.named("wasInitialized"))
				.intercept(FixedValue.value(loaded))
				.make()
				.load(persistent.getClassLoader())
				.getLoaded()
				.getConstructor()
				.newInstance();
			this.runner.withPropertyValues("greenroom.deferred.strict=true")
				.withBean("shop", Shop.class)
				.run((context) -> {
					Shop shop = context.getBean(Shop.class);
					Throwable told = catchThrowable(() -> shop.show((me) -> List.of(new Order(bag))));
					if (loaded) {
						assertThat(told).isNull();
					}
					else {
						assertThat(told).isInstanceOf(IllegalStateException.class)
							.hasMessageContaining("LazyInitializationException")
							.hasMessageContaining("return a record");
					}
				});
		}
	}

	/** Stands for an entity. */
	record Order(Object lines) {

	}

	@Test
	@DisplayName("F11 with strict a stage fails its caller when it ends with own state, and only then")
	void laterStages() {
		this.runner.withPropertyValues("greenroom.deferred.strict=true").withBean("shop", Shop.class).run((context) -> {
			Shop shop = context.getBean(Shop.class);
			CompletableFuture<Object> gate = new CompletableFuture<>();
			CompletableFuture<Object> bad = shop.later(gate, (me) -> me.list).toCompletableFuture();
			CompletableFuture<Object> good = shop.later(gate, (me) -> "a").toCompletableFuture();
			CompletableFuture<Object> failed = shop.later(new CompletableFuture<>(), (me) -> "a").toCompletableFuture();
			assertThat(bad).isNotDone();
			gate.complete("go");
			assertThat(catchThrowable(bad::join)).isInstanceOf(CompletionException.class)
				.hasMessageContaining("'list'")
				.hasMessageContaining("strict");
			assertThat(good.join()).isEqualTo("a");
			assertThat(failed).isNotDone();
		});
	}

	@Test
	@DisplayName("F11 methods that return what is read later are named at the start, and with strict rejected")
	void readLater() {
		this.runner.withPropertyValues("greenroom.deferred.strict=true")
			.withBean(Streams.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("names() returns Stream")
				.hasMessageContaining("each() returns Iterator")
				.hasMessageContaining("return a copy"));
	}

	enum Own {

		LIST((me) -> me.list), MAP((me) -> me.map), ARRAY((me) -> me.array), QUEUE((me) -> me.queue),
		DATE((me) -> me.date), TEXT((me) -> me.text), UNMODIFIABLE((me) -> Collections.unmodifiableList(me.list)),
		UNMODIFIABLE_COLLECTION((me) -> Collections.unmodifiableCollection(me.list)),
		UNMODIFIABLE_MAP((me) -> Collections.unmodifiableMap(me.map)),
		UNMODIFIABLE_KEYS((me) -> Collections.unmodifiableMap(me.map).keySet()),
		UNMODIFIABLE_TWICE((me) -> Collections.unmodifiableCollection(Collections.unmodifiableList(me.list))),
		SYNCHRONIZED((me) -> Collections.synchronizedList(me.list)),
		CHECKED((me) -> Collections.checkedList(me.list, String.class)), SUB_LIST((me) -> me.list.subList(0, 1)),
		REVERSED((me) -> me.list.reversed()), KEYS((me) -> me.map.keySet()), VALUES((me) -> me.map.values()),
		ENTRIES((me) -> me.map.entrySet()), ENTRY((me) -> me.map.entrySet().iterator().next()),
		TREE_KEYS((me) -> me.tree.navigableKeySet()), SUB_MAP((me) -> me.tree.headMap("z")),
		AS_LIST((me) -> Arrays.asList(me.strings)), OPTIONAL((me) -> Optional.of(me.list)),
		RECORD((me) -> new View(me.list)), RECORD_OF_VIEW((me) -> new View(Collections.unmodifiableList(me.list))),
		ARRAY_OF((me) -> new Object[] { me.list }), LIST_OF((me) -> List.of(me.list)),
		MAP_OF((me) -> Map.of("a", me.list)), ENTRY_OF((me) -> Map.entry("a", me.list)),
		FUTURE_OF((me) -> CompletableFuture.completedFuture(me.list)),
		REFERENCE_OF((me) -> new AtomicReference<>(me.list)), IN_MAP((me) -> me.lists.get("a")),
		IN_PART((me) -> me.part.lines), STREAM((me) -> me.list.stream()), ITERATOR((me) -> me.list.iterator()),
		SPLITERATOR((me) -> me.list.spliterator()), MONO((me) -> Mono.just("a")),
		MONO_OF((me) -> Optional.of(Mono.empty())), SUPPLIER((me) -> me.supplier()), CALLABLE((me) -> me.callable()),
		FUNCTION((me) -> me.function()), ITERABLE((me) -> me.iterable()),
		ITERABLE_OF_FIELD((me) -> (Iterable<String>) me.list::iterator), INNER((me) -> me.new Inner());

		private final Function<Shop, Object> function;

		Own(Function<Shop, Object> function) {
			this.function = function;
		}

	}

	enum Copy {

		COPY_OF((me) -> List.copyOf(me.list)), NEW_LIST((me) -> new ArrayList<>(me.list)),
		NEW_MAP((me) -> new HashMap<>(me.map)), NEW_KEYS((me) -> new HashMap<>(me.map).keySet()),
		TO_LIST((me) -> me.list.stream().toList()), CLONE((me) -> me.array.clone()),
		UNMODIFIABLE((me) -> Collections.unmodifiableList(new ArrayList<>(me.list))),
		UNMODIFIABLE_MAP((me) -> Collections.unmodifiableMap(new HashMap<>(me.map))),
		AS_LIST((me) -> Arrays.asList(me.strings.clone())), OPTIONAL((me) -> Optional.of(List.copyOf(me.list))),
		RECORD((me) -> new View(List.copyOf(me.list))), MAP_COPY((me) -> Map.copyOf(me.map)),
		ENTRY((me) -> Map.entry("a", "b")), ENTRY_COPY((me) -> new HashMap<>(me.map).entrySet().iterator().next()),
		FIRST_ENTRY((me) -> me.tree.firstEntry()), ELEMENT((me) -> me.list.getFirst()), SHARED((me) -> me.shared),
		SHARED_KEYS((me) -> me.shared.keySet()), TEXT((me) -> me.text.toString()),
		FUTURE((me) -> CompletableFuture.completedFuture(List.copyOf(me.list))),
		ITERATOR_OF_COPY((me) -> List.copyOf(me.list).iterator()),
		SUPPLIER_OF_COPY((me) -> supplierOf(List.copyOf(me.list))), EMPTY((me) -> Collections.emptyList()),
		EMPTY_ARRAY((me) -> new int[0]), NULL((me) -> null), NUMBER((me) -> 3), DATE((me) -> new Date(0)),
		UNMODIFIABLE_PART((me) -> new HashMap<>(me.map).values());

		private final Function<Shop, Object> function;

		Copy(Function<Shop, Object> function) {
			this.function = function;
		}

		private static Supplier<Object> supplierOf(Object value) {
			return () -> value;
		}

	}

	record View(Collection<String> names) {

	}

	@DeferredHandler
	static class Shop {

		private final List<String> list = new ArrayList<>(List.of("a", "b"));

		private final Map<String, String> map = new HashMap<>(Map.of("a", "b"));

		private final TreeMap<String, String> tree = new TreeMap<>(Map.of("a", "b"));

		private final Map<String, List<String>> lists = new HashMap<>(Map.of("a", new ArrayList<>(List.of("x"))));

		private final Queue<String> queue = new ArrayDeque<>(List.of("a"));

		private final Map<String, String> shared = new ConcurrentHashMap<>();

		private final int[] array = { 1 };

		private final String[] strings = { "a" };

		private final Date date = new Date(0);

		private final StringBuilder text = new StringBuilder("a");

		private final Part part = new Part();

		Object show(Function<Shop, Object> function) {
			return function.apply(this);
		}

		CompletionStage<Object> later(CompletionStage<Object> gate, Function<Shop, Object> function) {
			return gate.thenApply((any) -> function.apply(this));
		}

		private Supplier<Object> supplier() {
			return () -> this.list.size();
		}

		private Callable<Object> callable() {
			return () -> this.list.size();
		}

		private Function<String, Object> function() {
			return (name) -> this.list.add(name);
		}

		private Iterable<String> iterable() {
			return () -> this.list.iterator();
		}

		final class Inner {

			int size() {
				return Shop.this.list.size();
			}

		}

		static final class Part {

			private final List<String> lines = new ArrayList<>(List.of("line"));

		}

	}

	@DeferredHandler
	static class Streams {

		private final Set<String> names = Set.of();

		Stream<String> names() {
			return this.names.stream();
		}

		Iterator<String> each() {
			return this.names.iterator();
		}

	}

}
