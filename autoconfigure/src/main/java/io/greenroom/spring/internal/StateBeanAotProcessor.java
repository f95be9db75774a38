package io.greenroom.spring.internal;

import java.lang.reflect.Constructor;

import io.greenroom.state.StateClass;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.aot.BeanRegistrationCodeFragments;
import org.springframework.beans.factory.aot.BeanRegistrationCodeFragmentsDecorator;
import org.springframework.beans.factory.aot.InstanceSupplierCodeGenerator;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RegisteredBean.InstantiationDescriptor;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.javapoet.CodeBlock;

/**
 * Keeps beans with states enhanced in applications that are processed ahead of time. The
 * class file of the enhanced class is written beside the generated code, which then
 * creates the bean from it. Without this processor, Spring's generated code would create
 * the bean from the user's class, where a call of the next state is an ordinary call.
 */
final class StateBeanAotProcessor implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		// The bean class would be the one that the user wrote.
		Class<?> type = registeredBean.getBeanType().toClass();
		Class<?> written = type.getSuperclass();
		if (written == null || registeredBean.getMergedBeanDefinition().getFactoryMethodName() != null
				|| !StateClass.isPresentOn(written) || !type.getName().equals(StateClass.of(written).enhancedName())) {
			return null;
		}
		return BeanRegistrationAotContribution
			.withCustomCodeFragments((fragments) -> new EnhancedFragments(fragments, registeredBean, type));
	}

	private static final class EnhancedFragments extends BeanRegistrationCodeFragmentsDecorator {

		private final RegisteredBean bean;

		private final Class<?> enhanced;

		EnhancedFragments(BeanRegistrationCodeFragments fragments, RegisteredBean bean, Class<?> enhanced) {
			super(fragments);
			this.bean = bean;
			this.enhanced = enhanced;
		}

		@Override
		public CodeBlock generateInstanceSupplierCode(GenerationContext context, BeanRegistrationCode code,
				boolean allowDirectSupplierShortcut) {
			writeClass(context);
			InstanceSupplierCodeGenerator generator = new InstanceSupplierCodeGenerator(context, code.getClassName(),
					code.getMethods(), allowDirectSupplierShortcut);
			return generator.generateCode(this.bean, new InstantiationDescriptor(constructor()));
		}

		private Constructor<?> constructor() {
			Class<?>[] parameters = this.bean.resolveInstantiationDescriptor().executable().getParameterTypes();
			try {
				return this.enhanced.getDeclaredConstructor(parameters);
			}
			catch (NoSuchMethodException ex) {
				throw new IllegalStateException("The enhanced class of bean '%s' lacks the constructor of %s"
					.formatted(this.bean.getBeanName(), this.enhanced.getSuperclass().getName()), ex);
			}
		}

		private void writeClass(GenerationContext context) {
			String path = this.enhanced.getName().replace('.', '/') + ".class";
			context.getGeneratedFiles().handleFile(Kind.CLASS, path, (file) -> {
				if (!file.exists()) {
					// Several beans may have the same class.
					file.create(new ByteArrayResource(StateClass.of(this.enhanced.getSuperclass()).classFile()));
				}
			});
			RuntimeHints hints = context.getRuntimeHints();
			hints.reflection()
				.registerType(TypeReference.of(this.enhanced.getName()), MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)
				.registerType(this.enhanced.getSuperclass(), MemberCategory.INVOKE_DECLARED_METHODS);
			hints.resources().registerPattern(this.enhanced.getSuperclass().getName().replace('.', '/') + ".class");
		}

	}

}
