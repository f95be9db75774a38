package io.greenroom.actuate.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeType;

/** Selects a part of a dump by its path, such as {@code handlers/stock}. */
final class DumpParts {

	static final String JSON_V3 = "application/vnd.spring-boot.actuator.v3+json";

	static final String JSON_V2 = "application/vnd.spring-boot.actuator.v2+json";

	static final String JSON = "application/json";

	static final String SVG = "image/svg+xml;charset=UTF-8";

	static final String MERMAID = "text/plain;charset=UTF-8";

	private DumpParts() {
	}

	/**
	 * Returns a part of a dump.
	 * @param dump a dump that contains what the path names
	 * @param part the first segment of the path
	 * @param name the second segment, or {@code null} if there is none
	 * @return the part, or {@code null} if nothing has that name
	 */
	static @Nullable Object pick(GreenroomDump dump, String part, @Nullable String name) {
		return switch (part) {
			case "problems" -> (name == null) ? dump.problems() : null;
			case "cluster" -> (name == null) ? dump.cluster() : null;
			case "threads" -> (name == null) ? dump.threads() : null;
			case "handlers" -> {
				List<Object> found = new ArrayList<>(dump.handlers());
				found.addAll(dump.keyed());
				yield named(found, name);
			}
			case "pools" ->
				named(dump.pools().stream().filter((pool) -> name == null || pool.name().equals(name)).toList(), name);
			case "machines" -> {
				List<Object> found = new ArrayList<>(dump.states());
				found.addAll(dump.failed());
				yield named(found, name);
			}
			default -> null;
		};
	}

	/**
	 * Draws the states of a class that has had machines.
	 * @param machines the machines, which know their classes, or {@code null} if there
	 * are none
	 * @param dumps the dumps, which count the machines
	 * @param name the name of the class, with or without its package
	 * @param form {@code diagram}, {@code diagram.svg} or {@code diagram.mmd}
	 * @return the drawing, or {@code null} if there is no such class or form
	 */
	static @Nullable Object diagram(@Nullable StateMachines machines, GreenroomDumps dumps, String name, String form) {
		Class<?> type = type(machines, name);
		if (type == null) {
			return null;
		}
		return switch (form) {
			case "diagram" -> MachineDiagram.of(type, dumps);
			case "diagram.svg" -> typed(MachineDiagram.drawn(type, dumps, true), SVG);
			case "diagram.mmd" -> typed(MachineDiagram.drawn(type, dumps, false), MERMAID);
			default -> null;
		};
	}

	/** Returns the class with the given name, with or without its package. */
	static @Nullable Class<?> type(@Nullable StateMachines machines, String name) {
		DumpQuery query = new DumpQuery(0, 1, 0, null, name, null);
		Set<Class<?>> types = (machines != null) ? machines.types() : Set.of();
		return types.stream()
			.filter((each) -> query.wantsMachine(each.getName()))
			.min(Comparator.comparing(Class::getName))
			.orElse(null);
	}

	private static WebEndpointResponse<String> typed(String text, String type) {
		return new WebEndpointResponse<>(text, WebEndpointResponse.STATUS_OK, MimeType.valueOf(type));
	}

	private static @Nullable List<?> named(List<?> found, @Nullable String name) {
		return (name != null && found.isEmpty()) ? null : found;
	}

}
