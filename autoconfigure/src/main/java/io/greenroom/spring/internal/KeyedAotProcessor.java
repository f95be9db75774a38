package io.greenroom.spring.internal;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.greenroom.durable.Stored;
import io.greenroom.keyed.internal.KeyType;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

/**
 * Adds the reflection hints of handlers by key: their constructor, methods and stored
 * fields; the types of fields, parameters and results, which are read and written as
 * JSON; and the exceptions that their methods declare, which are recreated on other
 * nodes.
 */
final class KeyedAotProcessor implements BeanRegistrationAotProcessor {

	private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		Class<?> type = KeyedNames.typeOf(registeredBean.getBeanFactory(), registeredBean.getBeanName());
		if (type == null && KeyedDefinitions.isKeyed(ClassUtils.getUserClass(registeredBean.getBeanClass()))) {
			type = ClassUtils.getUserClass(registeredBean.getBeanClass());
		}
		Class<?> keyed = type;
		return (keyed != null) ? (context, code) -> register(keyed, context.getRuntimeHints().reflection()) : null;
	}

	private void register(Class<?> type, ReflectionHints hints) {
		Set<Type> values = new LinkedHashSet<>();
		Set<Class<?>> failures = new LinkedHashSet<>();
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			hints.registerType(level, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
					MemberCategory.INVOKE_DECLARED_METHODS, MemberCategory.ACCESS_DECLARED_FIELDS);
			for (Field field : level.getDeclaredFields()) {
				if (field.isAnnotationPresent(Stored.class)) {
					values.add(field.getGenericType());
				}
			}
			for (Method method : level.getDeclaredMethods()) {
				if (isCallable(method)) {
					values.addAll(List.of(method.getGenericParameterTypes()));
					values.add(method.getGenericReturnType());
					failures.addAll(List.of(method.getExceptionTypes()));
				}
			}
		}
		values.remove(void.class);
		this.binding.registerReflectionHints(hints, values.toArray(Type[]::new));
		failures.forEach((failure) -> registerFailure(failure, hints));
		Class<?> key = KeyType.of(type).type();
		if (key.isEnum()) {
			hints.registerType(key, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

	private static boolean isCallable(Method method) {
		return !method.isSynthetic() && !Modifier.isStatic(method.getModifiers())
				&& !Modifier.isPrivate(method.getModifiers());
	}

	/** Recreated by a constructor, whose arguments are read by fields or methods. */
	static void registerFailure(Class<?> type, ReflectionHints hints) {
		for (Class<?> level = type; level != null && level != Throwable.class; level = level.getSuperclass()) {
			hints.registerType(level, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
					MemberCategory.INVOKE_DECLARED_METHODS, MemberCategory.ACCESS_DECLARED_FIELDS);
		}
	}

}
