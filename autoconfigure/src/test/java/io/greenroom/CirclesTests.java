package io.greenroom;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bounds the circles of types inside the core packages: a circle can only be understood
 * as a whole, so it must not be larger than one concept.
 */
class CirclesTests {

	/** Read once for all parts, as each reading brings in all that ours refer to. */
	private static final JavaClasses OURS = new ClassFileImporter().withImportOption(new DoNotIncludeTests())
		.importPackages("io.greenroom");

	@ParameterizedTest
	@CsvSource({ "deferred.., 8", "green, 17", "green.worker, 4", "green.io, 1", "green.internal, 2", "state, 5",
			"state.internal, 3", "state.processor, 1", "observe.., 2", "web.., 2", "spring.., 3" })
	void circlesAreNoWiderThanAConcept(String part, int most) {
		for (Set<String> circle : circles(edges(part))) {
			assertThat(circle).as("a circle of types in io.greenroom." + part).hasSizeLessThanOrEqualTo(most);
		}
	}

	@Test
	void circlesAreFound() {
		assertThat(circles(Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("a", "d"), "d", Set.of())))
			.containsExactly(Set.of("a", "b", "c"));
	}

	/** Who uses whom, by the names of files; two dots say "and in the packages below". */
	private static Map<String, Set<String>> edges(String part) {
		PackageMatcher matcher = PackageMatcher.of("io.greenroom." + part);
		Map<String, Set<String>> edges = new TreeMap<>();
		for (JavaClass type : OURS) {
			if (!matcher.matches(type.getPackageName())) {
				continue;
			}
			Set<String> used = edges.computeIfAbsent(file(type), (file) -> new TreeSet<>());
			for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
				JavaClass target = dependency.getTargetClass().getBaseComponentType();
				if (matcher.matches(target.getPackageName()) && !file(target).equals(file(type))) {
					used.add(file(target));
				}
			}
		}
		return edges;
	}

	private static String file(JavaClass type) {
		String name = type.getName().substring(type.getPackageName().length() + 1);
		int nested = name.indexOf('$');
		return (nested < 0) ? name : name.substring(0, nested);
	}

	/** Two are in one circle if each reaches the other. */
	private static List<Set<String>> circles(Map<String, Set<String>> edges) {
		Map<String, Set<String>> reached = new HashMap<>();
		edges.keySet().forEach((from) -> reached.put(from, reachedFrom(from, edges)));
		List<Set<String>> circles = new ArrayList<>();
		Set<String> seen = new HashSet<>();
		for (String from : edges.keySet()) {
			Set<String> circle = new TreeSet<>(reached.get(from));
			circle.removeIf((to) -> !reached.getOrDefault(to, Set.of()).contains(from));
			if (!circle.isEmpty() && seen.addAll(circle)) {
				circles.add(circle);
			}
		}
		return circles;
	}

	private static Set<String> reachedFrom(String from, Map<String, Set<String>> edges) {
		Set<String> reached = new HashSet<>();
		Deque<String> todo = new ArrayDeque<>(edges.get(from));
		while (!todo.isEmpty()) {
			String next = todo.pop();
			if (reached.add(next)) {
				todo.addAll(edges.getOrDefault(next, Set.of()));
			}
		}
		return reached;
	}

}
