package io.greenroom.state.processor;

import java.util.Arrays;
import java.util.Set;

import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;

import io.greenroom.state.internal.StateRules;

/**
 * Reports incorrectly declared states when they are compiled, like the start of the
 * application does. The warning about a state without a way out is suppressed by
 * {@code @SuppressWarnings("states")} on the state's method or on the class. javac finds
 * the processor on its processor path; it looks for processors on the class path only
 * with {@code -proc:full}. Creates no files.
 */
public final class StateProcessor extends AbstractProcessor {

	/** Called by javac. */
	public StateProcessor() {
	}

	@Override
	public Set<String> getSupportedAnnotationTypes() {
		// Classes that only inherit states are checked too.
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
				report(type, StateRules.judge(new StateElements(this.processingEnv, type).read()));
			}
			ElementFilter.typesIn(type.getEnclosedElements()).forEach(this::check);
		}
	}

	private void report(TypeElement type, StateRules.Verdict<ExecutableElement> verdict) {
		verdict.problems().forEach((problem) -> print(Diagnostic.Kind.ERROR, type, problem));
		if (!isSilenced(type)) {
			verdict.warnings()
				.stream()
				.filter((warning) -> warning.method() == null || !isSilenced(warning.method()))
				.forEach((warning) -> print(Diagnostic.Kind.WARNING, type, warning));
		}
	}

	private static boolean isSilenced(Element element) {
		SuppressWarnings silence = element.getAnnotation(SuppressWarnings.class);
		return silence != null && Arrays.asList(silence.value()).contains("states");
	}

	/** Prints at the method, or at the class if the method belongs to another one. */
	private void print(Diagnostic.Kind kind, TypeElement type, StateRules.Finding<ExecutableElement> finding) {
		ExecutableElement method = finding.method();
		this.processingEnv.getMessager()
			.printMessage(kind, finding.text(),
					(method != null && type.equals(method.getEnclosingElement())) ? method : type);
	}

}
