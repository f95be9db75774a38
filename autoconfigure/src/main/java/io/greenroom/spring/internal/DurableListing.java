package io.greenroom.spring.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import io.greenroom.durable.internal.Row;
import io.greenroom.durable.internal.RowId;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.keyed.KeyedEntry;
import io.greenroom.keyed.StrandedKey;
import io.greenroom.keyed.internal.KeyType;
import org.jspecify.annotations.Nullable;

/**
 * Lists all keys of a durable handler by their rows.
 *
 * @param name the handler's name in the database
 * @param keys the type of its keys
 * @param states the names of its states
 * @param rows the store of the rows
 * @param ids the row of a key
 */
record DurableListing(String name, KeyType keys, Set<String> states, RowStore rows, Function<Object, RowId> ids) {

	@Nullable KeyedEntry<Object> entry(Object key) {
		Row row = this.rows.find(this.ids.apply(key));
		return (row != null) ? entry(key, row.place()) : null;
	}

	private static KeyedEntry<Object> entry(Object key, Row.@Nullable Place place) {
		return (place != null) ? new KeyedEntry<>(key, place.state(), place.since(), place.deadline())
				: new KeyedEntry<>(key, null, null, null);
	}

	List<KeyedEntry<Object>> in(String state, int limit) {
		List<KeyedEntry<Object>> entries = new ArrayList<>();
		for (Row row : this.rows.in(this.name, state, limit)) {
			Object key = key(row);
			if (key != null) {
				entries.add(entry(key, row.place()));
			}
		}
		return List.copyOf(entries);
	}

	Map<String, Long> counts() {
		Map<String, Long> counts = new TreeMap<>(this.rows.counts(this.name));
		counts.keySet().retainAll(this.states);
		return counts;
	}

	List<StrandedKey<Object>> stranded(int limit) {
		if (this.states.isEmpty()) {
			return List.of();
		}
		List<StrandedKey<Object>> stranded = new ArrayList<>();
		for (Row row : this.rows.stranded(this.name, this.states, limit)) {
			Object key = key(row);
			if (key != null) {
				Row.Place place = Objects.requireNonNull(row.place());
				stranded.add(new StrandedKey<>(key, place.state(), place.since(), reason(place)));
			}
		}
		return List.copyOf(stranded);
	}

	long strandedCount() {
		return this.states.isEmpty() ? 0 : this.rows.strandedCount(this.name, this.states);
	}

	private String reason(Row.Place place) {
		if (!this.states.contains(place.state())) {
			return "the class has no state '%s'; its states are %s".formatted(place.state(),
					this.states.stream().sorted().toList());
		}
		return String.valueOf(place.error());
	}

	/** A row that was created manually may have a text that no key has. */
	private @Nullable Object key(Row row) {
		try {
			return this.keys.parse(row.id().key());
		}
		catch (IllegalArgumentException none) {
			return null;
		}
	}

}
