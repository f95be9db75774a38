package io.greenroom.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.InstanceSupplier;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.ClassUtils;
import org.springframework.util.ObjectUtils;

/**
 * The beans of an auto-configuration, registered and created without bean methods. Most
 * applications use few of them, and a bean method costs time at every start: Spring reads
 * it, loads the types in its signature, looks at all beans for each of its conditions,
 * and calls it by reflection.
 * <p>
 * An instance supplies the beans that are created at the start, in generated code, too.
 * It has no state but the environment during the registration. Beans that an application
 * may never use are created by static methods, which are read at their first use.
 */
abstract class SuppliedBeans implements ImportBeanDefinitionRegistrar, EnvironmentAware, InstanceSupplier<Object> {

	private @Nullable Environment environment;

	@Override
	public final void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public final void registerBeanDefinitions(AnnotationMetadata configuration, BeanDefinitionRegistry registry) {
		Environment known = this.environment;
		if (known != null && registry instanceof ConfigurableListableBeanFactory beans) {
			register(new Registration(this, registry, beans), known);
		}
	}

	/**
	 * Registers the beans. Called after the beans of the application are registered.
	 * @param registration registers them
	 * @param environment the settings
	 */
	abstract void register(Registration registration, Environment environment);

	/**
	 * Creates a bean.
	 * @param name the name of the bean
	 * @param beans contains what the bean needs
	 * @return the bean
	 */
	abstract Object create(String name, ConfigurableListableBeanFactory beans);

	@Override
	public final Object get(RegisteredBean bean) {
		return create(bean.getBeanName(), bean.getBeanFactory());
	}

	static Environment environment(BeanFactory beans) {
		return beans.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME, Environment.class);
	}

	/**
	 * Returns a bean that nearly always has the name that Greenroom gives it. Only
	 * otherwise are the types of all beans looked at.
	 */
	static <T> T bean(String name, Class<T> type, ListableBeanFactory beans) {
		return (beans.containsBean(name) && beans.isTypeMatch(name, type)) ? beans.getBean(name, type)
				: beans.getBean(type);
	}

	/** Returns whether the methods of a bean need not be searched for annotations. */
	static boolean isWithoutAnnotations(String name, ListableBeanFactory beans) {
		return beans instanceof ConfigurableListableBeanFactory factory && factory.containsBeanDefinition(name)
				&& factory.getBeanDefinition(name)
					.getAttribute(AutoProxyUtils.ORIGINAL_TARGET_CLASS_ATTRIBUTE) == Object.class;
	}

	/** Registers beans, unless the application has its own. */
	static final class Registration {

		private final SuppliedBeans supplier;

		private final BeanDefinitionRegistry registry;

		private final ConfigurableListableBeanFactory beans;

		/** The types of the beans that are not Spring's. */
		private final List<Class<?>> types;

		private Registration(SuppliedBeans supplier, BeanDefinitionRegistry registry,
				ConfigurableListableBeanFactory beans, List<Class<?>> types) {
			this.supplier = supplier;
			this.registry = registry;
			this.beans = beans;
			this.types = types;
		}

		private Registration(SuppliedBeans supplier, BeanDefinitionRegistry registry,
				ConfigurableListableBeanFactory beans) {
			this(supplier, registry, beans, new ArrayList<>());
			for (String name : beans.getBeanDefinitionNames()) {
				if (isCandidate(beans.getBeanDefinition(name))) {
					addType(name);
				}
			}
			for (String name : beans.getSingletonNames()) {
				if (!beans.containsBeanDefinition(name)) {
					addType(name);
				}
			}
		}

		private void addType(String name) {
			Class<?> type = this.beans.getType(name, false);
			if (type != null) {
				this.types.add(type);
			}
		}

		/**
		 * The methods of Spring's own configurations create no beans of others. Like
		 * {@code @ConditionalOnMissingBean}, ignores what is not injected by type.
		 */
		private static boolean isCandidate(BeanDefinition definition) {
			if (!definition.isAutowireCandidate()
					|| (definition instanceof AbstractBeanDefinition known && !known.isDefaultCandidate())) {
				return false;
			}
			MethodMetadata method = (definition instanceof AnnotatedBeanDefinition annotated)
					? annotated.getFactoryMethodMetadata() : null;
			return method == null || !method.getDeclaringClassName().startsWith("org.springframework.boot.");
		}

		/** Registers the beans of another supplier, too. */
		void include(SuppliedBeans other, Environment environment) {
			other.register(new Registration(other, this.registry, this.beans, this.types), environment);
		}

		/** Returns whether this context has a bean of a name. */
		boolean has(String name) {
			return this.beans.containsBeanDefinition(name);
		}

		/** Returns whether this context or a parent has a bean of a name. */
		boolean hasAnywhere(String name) {
			return this.beans.containsBean(name);
		}

		/** Returns whether classes are on the class path, which are given by name. */
		boolean arePresent(String... types) {
			for (String type : types) {
				if (!ClassUtils.isPresent(type, this.beans.getBeanClassLoader())) {
					return false;
				}
			}
			return true;
		}

		/** Returns whether this context has a scope. */
		boolean hasScope(String name) {
			return ObjectUtils.containsElement(this.beans.getRegisteredScopeNames(), name);
		}

		/** Returns whether this context has no bean of a type. */
		boolean lacks(Class<?> type) {
			for (Class<?> known : this.types) {
				if (type.isAssignableFrom(known)) {
					return false;
				}
			}
			return true;
		}

		/** Returns whether neither this context nor a parent has a bean of a type. */
		boolean lacksAnywhere(Class<?> type) {
			return lacks(type) && !(this.beans.getParentBeanFactory() instanceof ListableBeanFactory parent
					&& BeanFactoryUtils.beanNamesForTypeIncludingAncestors(parent, type, true, false).length > 0);
		}

		/** Adds a bean that is created by the supplier, at the start. */
		RootBeanDefinition add(String name, Class<?> type) {
			// With a class, Spring would search its methods for bean methods.
			RootBeanDefinition definition = new RootBeanDefinition();
			definition.setTargetType(type);
			definition.setInstanceSupplier(this.supplier);
			return register(name, definition);
		}

		/** Adds a bean of the infrastructure, unless this context has one. */
		void addInfrastructure(String name, Class<?> type) {
			if (lacks(type)) {
				add(name, type).setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
			}
		}

		/**
		 * Adds a bean that is created when it is used, by a static method with the bean's
		 * name.
		 */
		RootBeanDefinition addLazy(String name, Class<?> type, Class<?> factory) {
			RootBeanDefinition definition = new RootBeanDefinition(factory);
			definition.setFactoryMethodName(name);
			definition.setTargetType(type);
			definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
			definition.setLazyInit(true);
			return register(name, definition);
		}

		private RootBeanDefinition register(String name, RootBeanDefinition definition) {
			definition.setDestroyMethodName(AbstractBeanDefinition.INFER_METHOD);
			// Spring looks there for listeners, in place of the methods of the type.
			definition.setAttribute(AutoProxyUtils.ORIGINAL_TARGET_CLASS_ATTRIBUTE, Object.class);
			this.registry.registerBeanDefinition(name, definition);
			return definition;
		}

	}

}
