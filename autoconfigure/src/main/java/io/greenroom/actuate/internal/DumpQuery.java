package io.greenroom.actuate.internal;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * Determines how much of a dump is requested.
 *
 * @param frames the number of lines of each thread's stack
 * @param limit the number of entries of each kind
 * @param offset the number of entries of each kind to skip
 * @param handler the only handler to show, or {@code null} for all
 * @param machine the only class of machines to show, or {@code null} for all
 * @param state the only state of machines to show, or {@code null} for all
 */
record DumpQuery(int frames, int limit, int offset, @Nullable String handler, @Nullable String machine,
		@Nullable String state) {

	/** Enough to see what a thread does, but few enough to read a page of threads. */
	private static final int FRAMES = 4;

	private static final int MOST_FRAMES = 100;

	private static final int LIMIT = 100;

	static final int MOST = 1000;

	static DumpQuery of(@Nullable Integer frames, @Nullable Integer limit, @Nullable Integer offset,
			@Nullable String handler, @Nullable String machine, @Nullable String state) {
		return new DumpQuery(between("frames", frames, FRAMES, 0, MOST_FRAMES), between("limit", limit, LIMIT, 1, MOST),
				between("offset", offset, 0, 0, Integer.MAX_VALUE), handler, machine, state);
	}

	private static int between(String name, @Nullable Integer asked, int otherwise, int least, int most) {
		int value = (asked != null) ? asked : otherwise;
		if (value < least || value > most) {
			String reason = String.format(Locale.ROOT, "'%s' is %d; give a number from %d to %d", name, value, least,
					most);
			throw new InvalidEndpointRequestException(reason, reason);
		}
		return value;
	}

	boolean wantsHandler(String name) {
		return this.handler == null || this.handler.equals(name) || name.startsWith(this.handler + "[");
	}

	/** Accepts the full name or the simple name of the class. */
	boolean wantsMachine(String type) {
		return this.machine == null || this.machine.equals(type) || type.endsWith("." + this.machine)
				|| type.endsWith("$" + this.machine);
	}

	boolean wantsState(@Nullable String name) {
		return this.state == null || this.state.equals(name);
	}

	<T> List<T> page(List<T> all) {
		int from = Math.min(this.offset, all.size());
		return List.copyOf(all.subList(from, from + Math.min(this.limit, all.size() - from)));
	}

}
