package io.greenroom.spring;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when a body returns one of the handler's own mutable collections or arrays:
 * whoever gets it reads it while the handler changes it. Looks, by identity, at the first
 * call of each method that returns something of the kind; when strict, at all of them.
 */
final class HandedOut {

	private static final Logger log = LoggerFactory.getLogger(Deferred.class);

	/** What nobody can change, or many threads may use at once. */
	private static final List<String> HARMLESS = List.of("java.util.ImmutableCollections$", "java.util.concurrent.",
			"java.util.Collections$Unmodifiable", "java.util.Collections$Empty", "java.util.Collections$Singleton");

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

	private final Handler handler;

	private final boolean strict;

	private final Set<Method> seen = ConcurrentHashMap.newKeySet();

	HandedOut(Handler handler, boolean strict) {
		this.handler = handler;
		this.strict = strict;
	}

	/** Looks at what a body returned, on the thread that ran it. */
	void check(Method method, @Nullable Object result) {
		if (result == null || !isMutable(result) || (!this.seen.add(method) && !this.strict)) {
			return;
		}
		String field = ownerOf(result);
		if (field == null) {
			return;
		}
		String message = "%s.%s returned the handler's own %s from its field '%s': whoever has it reads it while the handler changes it; return a copy"
			.formatted(this.handler.name(), method.getName(), result.getClass().getSimpleName(), field);
		if (this.strict) {
			throw new IllegalStateException(message + " (greenroom.deferred.strict is on)");
		}
		log.warn("{}. (Said once for each method; greenroom.deferred.strict=true makes it an error)", message);
	}

	static boolean isMutable(Object object) {
		Class<?> type = object.getClass();
		if (type.isArray()) {
			return java.lang.reflect.Array.getLength(object) > 0;
		}
		return (object instanceof Collection<?> || object instanceof Map<?, ?>)
				&& HARMLESS.stream().noneMatch(type.getName()::startsWith);
	}

	private @Nullable String ownerOf(Object result) {
		Object target = this.handler.target();
		for (Field field : FIELDS.get(target.getClass())) {
			try {
				Object value = field.get(target);
				if (value == result || (value instanceof Map<?, ?> map && isViewOf(map, result))) {
					return field.getName();
				}
			}
			catch (IllegalAccessException unreadable) {
				// Not to be seen, so nothing to say.
			}
		}
		return null;
	}

	/** The maps of the JDK make each of their views once. */
	private static boolean isViewOf(Map<?, ?> map, Object result) {
		return map.getClass().getName().startsWith("java.util.") && isMutable(map)
				&& (map.keySet() == result || map.values() == result || map.entrySet() == result);
	}

}
