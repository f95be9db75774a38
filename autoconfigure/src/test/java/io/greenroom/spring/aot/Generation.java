package io.greenroom.spring.aot;

import java.nio.file.Path;
import java.util.function.BiConsumer;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;
import org.springframework.util.ClassUtils;

/**
 * Generates the code of a configuration, given by name, into a folder. To be loaded by a
 * class loader of its own, since a build generates in a process of its own: a proxy class
 * that a loader has already is not generated again.
 */
public class Generation implements BiConsumer<String, Path> {

	@Override
	public void accept(String configuration, Path folder) {
		Class<?> type = ClassUtils.resolveClassName(configuration, getClass().getClassLoader());
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setClassLoader(getClass().getClassLoader());
			context.register(type);
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get("io.greenroom.spring.aot", type.getSimpleName())),
					new FileSystemGeneratedFiles((kind) -> folder));
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
		}
	}

}
