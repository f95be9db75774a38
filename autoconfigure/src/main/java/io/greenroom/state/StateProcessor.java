package io.greenroom.state;

import java.util.Set;

import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/**
 * Reports states that are declared wrongly when they are compiled, as the start of the
 * application would. Found by javac on its processor path; javac looks for processors on
 * the class path only when told to, with {@code -proc:full}. Makes no files.
 */
public final class StateProcessor extends AbstractProcessor {

	/** Made by javac. */
	public StateProcessor() {
	}

	@Override
	public Set<String> getSupportedAnnotationTypes() {
		// Also what inherits states and declares none itself is looked at.
		return Set.of("*");
	}

	@Override
	public SourceVersion getSupportedSourceVersion() {
		return SourceVersion.latestSupported();
	}

	@Override
	public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
		round.getRootElements().forEach(this::check);
		return false;
	}

	private void check(Element element) {
		if (element instanceof TypeElement type) {
			if (type.getKind() != ElementKind.ANNOTATION_TYPE) {
				new StateCompileCheck(this.processingEnv, type).run();
			}
			ElementFilter.typesIn(type.getEnclosedElements()).forEach(this::check);
		}
	}

}
