package io.greenroom.spring.internal;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Looks into the wrappers of the JDK, whose fields are closed to reflection. The wrapped
 * object is the first one that a wrapper writes when it is serialized. No data is
 * written.
 */
final class Wrapped extends ObjectOutputStream {

	/** The prefixes of the names of wrapper classes. */
	private static final Set<String> WRAPPERS = Set.of("java.util.Collections$Unmodifiable",
			"java.util.Collections$Synchronized", "java.util.Collections$Checked", "java.util.Collections$SetFromMap",
			"java.util.Collections$SequencedSetFromMap", "java.util.Collections$AsLIFOQueue",
			"java.util.Arrays$ArrayList", "java.util.TreeMap$AscendingSubMap", "java.util.TreeMap$DescendingSubMap");

	private final List<@Nullable Object> found = new ArrayList<>();

	private Wrapped() throws IOException {
		super(OutputStream.nullOutputStream());
		enableReplaceObject(true);
	}

	/** Returns the object that a wrapper wraps; empty if the object is no wrapper. */
	static List<@Nullable Object> by(Object object) {
		String name = object.getClass().getName();
		if (WRAPPERS.stream().noneMatch(name::startsWith)) {
			return List.of();
		}
		try {
			Wrapped wrapped = new Wrapped();
			wrapped.writeObject(object);
			return wrapped.found;
		}
		catch (IOException | RuntimeException unreadable) {
			return List.of();
		}
	}

	@Override
	protected @Nullable Object replaceObject(Object object) {
		String name = object.getClass().getName();
		if (WRAPPERS.stream().anyMatch(name::startsWith)) {
			// A wrapper writes another one in its place, or wraps one.
			return object;
		}
		this.found.add(object);
		return null;
	}

}
