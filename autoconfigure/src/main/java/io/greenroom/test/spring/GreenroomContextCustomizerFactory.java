package io.greenroom.test.spring;

import java.util.List;

import io.greenroom.test.GreenroomTest;
import org.jspecify.annotations.Nullable;

import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/** Customizes the contexts of {@link GreenroomTest} classes. */
final class GreenroomContextCustomizerFactory implements ContextCustomizerFactory {

	GreenroomContextCustomizerFactory() {
	}

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configurations) {
		GreenroomTest test = TestContextAnnotationUtils.findMergedAnnotation(testClass, GreenroomTest.class);
		return (test != null) ? new GreenroomContextCustomizer(test.transactionalCalls()) : null;
	}

}
