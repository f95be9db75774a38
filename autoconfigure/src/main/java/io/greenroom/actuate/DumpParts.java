package io.greenroom.actuate;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Picks a part of a dump by its path, such as {@code handlers/stock}. */
final class DumpParts {

	private DumpParts() {
	}

	/**
	 * Returns a part.
	 * @param dump a dump of what the path names
	 * @param part the first of the path
	 * @param name the second; {@code null} if there is none
	 * @return the part; {@code null} if there is nothing of that name
	 */
	static @Nullable Object pick(GreenroomDump dump, String part, @Nullable String name) {
		return switch (part) {
			case "problems" -> (name == null) ? dump.problems() : null;
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

	private static @Nullable List<?> named(List<?> found, @Nullable String name) {
		return (name != null && found.isEmpty()) ? null : found;
	}

}
