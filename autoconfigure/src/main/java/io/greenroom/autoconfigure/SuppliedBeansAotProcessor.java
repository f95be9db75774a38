package io.greenroom.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.generate.GenerationContext;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.aot.BeanRegistrationCodeFragments;
import org.springframework.beans.factory.aot.BeanRegistrationCodeFragmentsDecorator;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.javapoet.ClassName;
import org.springframework.javapoet.CodeBlock;

/** Makes code that is generated ahead of time create {@link SuppliedBeans}. */
final class SuppliedBeansAotProcessor implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
		if (bean.getMergedBeanDefinition().getInstanceSupplier() instanceof SuppliedBeans supplier) {
			return BeanRegistrationAotContribution
				.withCustomCodeFragments((usual) -> new Fragments(usual, supplier.getClass()));
		}
		return null;
	}

	/** Generates the supplier, in its own package. */
	private static final class Fragments extends BeanRegistrationCodeFragmentsDecorator {

		private final Class<? extends SuppliedBeans> supplier;

		Fragments(BeanRegistrationCodeFragments usual, Class<? extends SuppliedBeans> supplier) {
			super(usual);
			this.supplier = supplier;
		}

		@Override
		public ClassName getTarget(RegisteredBean bean) {
			return ClassName.get(this.supplier);
		}

		@Override
		public CodeBlock generateInstanceSupplierCode(GenerationContext context, BeanRegistrationCode code,
				boolean allowDirectSupplierShortcut) {
			return CodeBlock.of("new $T()", this.supplier);
		}

	}

}
