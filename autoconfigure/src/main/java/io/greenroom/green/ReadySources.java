package io.greenroom.green;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sources of items whose iterators never wait, because all elements are present.
 * Compared by exact class, because anything that a user has written, or that wraps user
 * code, may wait.
 */
@SuppressWarnings("JdkObsolete") // only class literals
final class ReadySources {

	private static final Set<Class<?>> KNOWN = Stream
		.<Collection<?>>of(new ArrayList<>(), new LinkedList<>(), new ArrayDeque<>(), new CopyOnWriteArrayList<>(),
				new HashSet<>(), new LinkedHashSet<>(), new TreeSet<>(), new HashMap<>().keySet(),
				new HashMap<>().values(), new HashMap<>().entrySet(), new LinkedHashMap<>().keySet(),
				new LinkedHashMap<>().values(), new LinkedHashMap<>().entrySet(), List.of(), List.of(1), Set.of(),
				Set.of(1), Arrays.asList(1, 2), Collections.emptyList(), Collections.singletonList(1),
				Collections.emptySet(), Collections.singleton(1))
		.map(Object::getClass)
		.collect(Collectors.toUnmodifiableSet());

	private ReadySources() {
	}

	static boolean contains(Iterable<?> items) {
		return KNOWN.contains(items.getClass());
	}

}
