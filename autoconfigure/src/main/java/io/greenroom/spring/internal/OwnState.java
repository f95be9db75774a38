package io.greenroom.spring.internal;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.Deque;
import java.util.Enumeration;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.BaseStream;

import io.greenroom.deferred.internal.HandlerType;
import org.jspecify.annotations.Nullable;

/**
 * The mutable objects in a handler's fields, and a search for them in a result: directly,
 * through a view or wrapper, through an object or function that holds one, or through
 * something that is read only later. Compares by identity and is bounded: there are no
 * false findings, but some leaks are not found.
 */
final class OwnState {

	/**
	 * The maximum number of objects that are examined in a result, and in a handler's
	 * fields.
	 */
	private static final int OBJECTS = 512;

	/** The maximum number of elements that are examined in a collection. */
	private static final int ELEMENTS = 128;

	/**
	 * The maximum number of entries of an own map that are compared with a returned
	 * entry.
	 */
	private static final int ENTRIES = 10_000;

	/** The maximum distance from the result. */
	private static final int DEPTH = 4;

	/** Classes that are immutable or safe for use by many threads. */
	private static final List<String> HARMLESS = List.of("java.util.ImmutableCollections$", "java.util.concurrent.",
			"java.util.Collections$Unmodifiable", "java.util.Collections$Empty", "java.util.Collections$Singleton");

	/** Classes whose fields are not the user's. */
	private static final List<String> OTHERS = List.of("java.", "javax.", "jdk.", "sun.", "jakarta.", "kotlin.",
			"org.springframework.", "org.hibernate.", "reactor.", "io.greenroom.deferred.internal.Handle");

	private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {

		@Override
		protected List<Field> computeValue(Class<?> type) {
			List<Field> fields = new ArrayList<>();
			for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
				for (Field field : level.getDeclaredFields()) {
					if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()
							&& field.trySetAccessible()) {
						fields.add(field);
					}
				}
			}
			return fields;
		}

	};

	/** Classes whose objects hold nothing that changes. */
	private static final ClassValue<Boolean> PLAIN = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			return type == String.class || type == Boolean.class || type == Character.class || type.isEnum()
					|| Class.class == type || (type.getSuperclass() != null && type.getSuperclass().isEnum())
					|| (Number.class.isAssignableFrom(type) && type.getName().startsWith("java."))
					|| type.getName().startsWith("java.time.") || type == java.util.UUID.class;
		}

	};

	private final Object target;

	/** The mutable objects, with the names of their fields. */
	private final IdentityHashMap<Object, String> own = new IdentityHashMap<>();

	private OwnState(Object target) {
		this.target = target;
	}

	/** Returns whether an object can be neither mutable state nor hold any. */
	static boolean isPlain(Object object) {
		return PLAIN.get(object.getClass());
	}

	/**
	 * Returns the state of a handler. The current thread must be in the handler's turn.
	 */
	static OwnState in(Object target) {
		OwnState state = new OwnState(target);
		for (Field field : FIELDS.get(target.getClass())) {
			state.collect(valueOf(field, target), field.getName(), target.getClass(), 0);
		}
		return state;
	}

	/** Returns only the objects that are directly in a handler's fields. */
	static OwnState inFieldsOf(Object target) {
		OwnState state = new OwnState(target);
		for (Field field : FIELDS.get(target.getClass())) {
			Object value = valueOf(field, target);
			if (value != null && isMutable(value)) {
				state.own.put(value, field.getName());
			}
		}
		return state;
	}

	private static @Nullable Object valueOf(Field field, Object object) {
		try {
			return field.get(object);
		}
		catch (IllegalAccessException unreadable) {
			// The field is not accessible, so nothing can be said about it.
			return null;
		}
	}

	/**
	 * Lists in an own map also count as own, and so do the fields of the class's own
	 * parts.
	 */
	private void collect(@Nullable Object value, String field, Class<?> handler, int depth) {
		if (value == null || isPlain(value) || this.own.size() >= OBJECTS || depth > 2) {
			return;
		}
		if (isMutable(value) && this.own.putIfAbsent(value, field) != null) {
			return;
		}
		if (isPartOf(handler, value)) {
			FIELDS.get(value.getClass()).forEach((inner) -> collect(valueOf(inner, value), field, handler, depth + 1));
		}
		else {
			contentOf(value).forEach((element) -> collect(element, field, handler, depth + 1));
		}
	}

	private static boolean isPartOf(Class<?> handler, Object value) {
		Class<?> type = value.getClass();
		return type != handler && !type.isHidden() && type.isNestmateOf(handler) && type.getEnclosingClass() == handler;
	}

	static boolean isMutable(Object object) {
		Class<?> type = object.getClass();
		if (type.isArray()) {
			return java.lang.reflect.Array.getLength(object) > 0;
		}
		return switch (object) {
			case Collection<?> collection -> HARMLESS.stream().noneMatch(type.getName()::startsWith);
			case Map<?, ?> map -> HARMLESS.stream().noneMatch(type.getName()::startsWith);
			case Date date -> true;
			case Calendar calendar -> true;
			case BitSet bits -> true;
			case StringBuilder text -> true;
			default -> false;
		};
	}

	/**
	 * Searches a result for own state.
	 * @param result the result of a body
	 * @return the finding, in words that follow "returned", or {@code null} if there is
	 * none
	 */
	@Nullable String findIn(Object result) {
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Step> left = new ArrayDeque<>(List.of(new Step(result, 0)));
		seen.add(result);
		while (!left.isEmpty()) {
			Step step = left.poll();
			String found = lookAt(step.object, result);
			if (found != null) {
				return found;
			}
			if (step.depth < DEPTH) {
				for (Object next : behind(step.object)) {
					if (next != null && !isPlain(next) && seen.size() < OBJECTS && seen.add(next)) {
						left.add(new Step(next, step.depth + 1));
					}
				}
			}
		}
		return null;
	}

	private @Nullable String lookAt(Object object, Object result) {
		if (object == this.target) {
			// If it is the result itself, Spring replaces it with the bean.
			return (object == result) ? null
					: "%s that holds the handler itself, which bypasses the mailbox; pass the values it needs, or the handler's Deferred"
						.formatted(article(result));
		}
		String field = this.own.get(object);
		if (field != null) {
			return owned((object == result) ? "" : article(result) + " of ", object, field);
		}
		if (isReadLater(object)) {
			return "%s, which is read after the turn, while the handler may change the underlying data; return a copy, such as a List"
				.formatted((object == result) ? article(object) : article(result) + " with " + article(object));
		}
		if (NotLoaded.is(object)) {
			return "%s with a collection that is not loaded: outside of the body, reading it throws LazyInitializationException, also with open-in-view; return a record that the body builds"
				.formatted(article(result));
		}
		for (Map.Entry<Object, String> each : this.own.entrySet()) {
			if (isViewOf(each.getKey(), object)) {
				return owned(article(object) + " of ", each.getKey(), each.getValue());
			}
		}
		return null;
	}

	private static String owned(String shape, Object own, String field) {
		return "%sthe handler's own %s from its field '%s', which the caller reads while the handler changes it; return a copy"
			.formatted(shape, own.getClass().getSimpleName(), field);
	}

	private static String article(Object object) {
		Class<?> type = object.getClass();
		String name = type.isHidden() ? "function" : type.getSimpleName().isEmpty() ? "object" : type.getSimpleName();
		return ("AEIOU".indexOf(Character.toUpperCase(name.charAt(0))) >= 0 ? "an " : "a ") + name;
	}

	/**
	 * For users' classes, the fields tell what they read; for those of the JDK, they do
	 * not.
	 */
	private static boolean isReadLater(Object object) {
		Class<?> type = object.getClass();
		if (HandlerType.isReactive(type)) {
			return true;
		}
		boolean later = object instanceof BaseStream<?, ?> || object instanceof Iterator<?>
				|| object instanceof Spliterator<?> || object instanceof Enumeration<?>;
		return later && type.getName().startsWith("java.") && HARMLESS.stream().noneMatch(type.getName()::startsWith);
	}

	private static boolean isViewOf(Object own, Object object) {
		String name = object.getClass().getName();
		if (!name.startsWith("java.util.")) {
			return false;
		}
		if (own instanceof Map<?, ?> map && own.getClass().getName().startsWith("java.util.")) {
			// The maps of the JDK create each of their views once.
			return map.keySet() == object || map.values() == object || map.entrySet() == object
					|| (object instanceof Map.Entry<?, ?> && name.contains("$") && hasEntry(map, object));
		}
		// Those of lists are created each time, and do not refer to their list.
		return own instanceof Collection<?> collection && object instanceof Collection<?> view
				&& (name.contains("SubList") || name.contains("Reverse")) && !view.isEmpty()
				&& isPartOf(collection, view);
	}

	private static boolean hasEntry(Map<?, ?> map, Object entry) {
		int left = ENTRIES;
		for (Object each : map.entrySet()) {
			if (each == entry) {
				return true;
			}
			if (left-- == 0) {
				return false;
			}
		}
		return false;
	}

	private static boolean isPartOf(Collection<?> collection, Collection<?> view) {
		Set<Object> elements = Collections.newSetFromMap(new IdentityHashMap<>());
		collection.stream().limit(ENTRIES).forEach(elements::add);
		return view.stream().limit(ENTRIES).allMatch(elements::contains);
	}

	/** Returns what can be reached from an object in one step. */
	private static List<@Nullable Object> behind(Object object) {
		Class<?> type = object.getClass();
		if (type.getName().startsWith("java.util.") || type.isArray()) {
			List<@Nullable Object> wrapped = Wrapped.by(object);
			return wrapped.isEmpty() ? contentOf(object) : wrapped;
		}
		if (OTHERS.stream().anyMatch(type.getName()::startsWith)) {
			return List.of();
		}
		List<@Nullable Object> values = new ArrayList<>();
		FIELDS.get(type).forEach((field) -> values.add(valueOf(field, object)));
		return values;
	}

	/** Returns the contents of a JDK container, without running user code. */
	private static List<@Nullable Object> contentOf(Object object) {
		if (!object.getClass().isArray() && !object.getClass().getName().startsWith("java.util.")) {
			return List.of();
		}
		return switch (object) {
			case Object[] array ->
				new ArrayList<>(java.util.Arrays.asList(array).subList(0, Math.min(ELEMENTS, array.length)));
			case Collection<?> collection -> new ArrayList<>(collection.stream().limit(ELEMENTS).toList());
			case Map<?, ?> map -> new ArrayList<>(map.values().stream().limit(ELEMENTS).toList());
			case Map.Entry<?, ?> entry -> some(entry.getValue());
			case Optional<?> optional -> some(optional.orElse(null));
			case AtomicReference<?> reference -> some(reference.get());
			case Future<?> future when future.state() == Future.State.SUCCESS -> some(future.resultNow());
			default -> List.of();
		};
	}

	private static List<@Nullable Object> some(@Nullable Object value) {
		return (value != null) ? List.of(value) : List.of();
	}

	private record Step(Object object, int depth) {

	}

}
