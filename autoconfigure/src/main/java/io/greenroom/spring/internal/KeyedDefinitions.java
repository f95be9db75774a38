package io.greenroom.spring.internal;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.Processing;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.spring.InvalidHandlersException;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * The definitions of keyed handlers: the bean's own, from which Spring creates an
 * instance for each key, and beside it that of the {@link Keyed} that gives access to the
 * instances.
 */
final class KeyedDefinitions {

	private static final Set<String> SCOPES = Set.of("", BeanDefinition.SCOPE_SINGLETON,
			BeanDefinition.SCOPE_PROTOTYPE);

	/**
	 * Callers of such methods have no key. By name, because these annotations are
	 * optional.
	 */
	private static final List<String> CALLED_WITHOUT_KEY = List.of("org.springframework.context.event.EventListener",
			"org.springframework.scheduling.annotation.Scheduled");

	private KeyedDefinitions() {
	}

	/** Returns whether instances of a class are created by key. */
	static boolean isKeyed(Class<?> type) {
		if (type.isInterface() || LibraryTypes.contain(type)) {
			return false;
		}
		return KEYED.get(type);
	}

	private static final ClassValue<Boolean> KEYED = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			try {
				return KeyType.isOn(type);
			}
			catch (LinkageError incomplete) {
				// A constructor with parameter types that are not on the class path.
				return false;
			}
		}

	};

	/** Returns what to inject in place of a keyed handler. */
	static String remedy(Class<?> type) {
		return "its instances are created by key, so it can't be injected or looked up itself; inject Keyed<%s, %s> and call get(key)"
			.formatted(KeyType.of(type).type().getSimpleName(), type.getSimpleName());
	}

	static RuntimeException rejected(String beanName, Class<?> type) {
		return new InvalidHandlersException(Map.of(beanName, new InvalidHandlerException(type, List.of(remedy(type)))));
	}

	/** Returns why a bean that is not a handler cannot be created by key. */
	static String stray() {
		return "a parameter of its constructor is annotated with @Key, but the class is not annotated with @DeferredHandler; annotate it, or remove @Key";
	}

	/** Throws if a bean cannot be created by key. Lists every reason. */
	static void check(ConfigurableListableBeanFactory beanFactory, String name, Class<?> type) {
		List<String> problems = new ArrayList<>(KeyType.problems(type));
		DeferredHandler annotation = AnnotatedElementUtils.findMergedAnnotation(type, DeferredHandler.class);
		if (HandlerType.of(type).hasLoop()) {
			problems.add(
					"it has a @ProcessingLoop, but a key's instance exists only while it is called; remove the loop or the @Key");
		}
		if (annotation != null) {
			checkAnnotation(annotation, problems);
		}
		checkConstructor(type, problems);
		checkDefinition(beanFactory.getMergedBeanDefinition(name), name, problems);
		checkMethods(type, problems);
		if (!problems.isEmpty()) {
			throw new InvalidHandlerException(type, problems);
		}
	}

	private static void checkAnnotation(DeferredHandler annotation, List<String> problems) {
		if (annotation.processing() == Processing.MANUAL) {
			problems.add(
					"it is declared with processing = MANUAL, but an instance that comes and goes can't be processed manually; remove it");
		}
		if (annotation.execution() == Execution.CALLER_WHEN_IDLE) {
			problems.add(
					"it is declared with execution = CALLER_WHEN_IDLE, but the bodies of a keyed instance run only on its own thread; remove it");
		}
		if (Arrays.asList(annotation.overflow()).contains(Overflow.DROP_OLDEST)) {
			problems.add(
					"it is declared with overflow = DROP_OLDEST, which is not supported for keyed instances; use BLOCK, REJECT or DROP_NEWEST");
		}
	}

	private static void checkConstructor(Class<?> type, List<String> problems) {
		Constructor<?>[] constructors = type.getDeclaredConstructors();
		for (Constructor<?> constructor : constructors) {
			boolean keyed = Arrays.stream(constructor.getParameters())
				.anyMatch((parameter) -> parameter.isAnnotationPresent(Key.class));
			if (keyed && constructors.length > 1 && Arrays.stream(constructor.getAnnotations())
				.noneMatch((annotation) -> annotation.annotationType().getSimpleName().matches("Autowired|Inject"))) {
				problems.add(
						"it has %s constructors, and Spring would not use the one with @Key; annotate that one with @Autowired, or remove the others"
							.formatted(constructors.length));
			}
		}
	}

	private static void checkDefinition(BeanDefinition definition, String name, List<String> problems) {
		if (definition.getFactoryMethodName() != null) {
			problems.add(
					"it is created by a @Bean method, which has no key; declare the class as a component, or import it with @Import");
		}
		String scope = Optional.ofNullable(definition.getScope()).orElse("");
		if (ScopedProxyUtils.isScopedTarget(name) || !SCOPES.contains(scope)) {
			problems
				.add("it has the scope '%s', but an instance belongs to its key; remove the scope".formatted(scope));
		}
	}

	private static void checkMethods(Class<?> type, List<String> problems) {
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			for (Method method : level.getDeclaredMethods()) {
				for (String annotation : CALLED_WITHOUT_KEY) {
					if (AnnotatedElementUtils.isAnnotated(method, annotation)) {
						problems.add(
								"%s is @%s, but its callers have no key; move it to another bean that calls Keyed.get(key)"
									.formatted(HandlerLint.signature(method),
											annotation.substring(annotation.lastIndexOf('.') + 1)));
					}
				}
			}
		}
	}

	/** Changes the definition of a bean so that it is created by key. */
	static void define(ConfigurableListableBeanFactory beanFactory, String handlerName, Class<?> type) {
		BeanDefinition handler = beanFactory.getBeanDefinition(handlerName);
		handler.setScope(BeanDefinition.SCOPE_PROTOTYPE);
		handler.setAttribute(KeyedNames.TYPE, type);
		handler.setAttribute(AutoProxyUtils.PRESERVE_TARGET_CLASS_ATTRIBUTE, true);
		String name = handlerName + KeyedNames.SUFFIX;
		if (!(beanFactory instanceof BeanDefinitionRegistry registry) || registry.containsBeanDefinition(name)) {
			return;
		}
		RootBeanDefinition definition = new RootBeanDefinition(KeyedHandlers.class);
		definition.setTargetType(ResolvableType.forClassWithGenerics(Keyed.class, KeyType.of(type).type(), type));
		definition.setFactoryMethodName("of");
		definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
		definition.getConstructorArgumentValues()
			.addIndexedArgumentValue(0, new RuntimeBeanReference(KeyedHandlers.class));
		definition.getConstructorArgumentValues().addIndexedArgumentValue(1, handlerName);
		definition.setLazyInit(true);
		definition.setDestroyMethodName("close");
		definition.setPrimary(handler.isPrimary());
		definition.setFallback(handler.isFallback());
		definition.setAutowireCandidate(handler.isAutowireCandidate());
		definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		if (handler instanceof AbstractBeanDefinition qualified) {
			definition.copyQualifiersFrom(qualified);
			definition.setDefaultCandidate(qualified.isDefaultCandidate());
		}
		registry.registerBeanDefinition(name, definition);
		// All instances end before the beans that were injected into them.
		((ConfigurableBeanFactory) beanFactory).registerDependentBean(handlerName, name);
	}

}
