package io.greenroom.durable.internal;

/**
 * The id of a row. Not intended for applications.
 *
 * @param handler the name of the durable handler
 * @param key the key as text
 */
public record RowId(String handler, String key) {

	/** The maximum length of a name or a key, in characters. */
	public static final int LONGEST = 200;

	/**
	 * Creates an id.
	 * @param handler the name of the durable handler
	 * @param key the key as text
	 * @throws IllegalArgumentException if one of them cannot be stored
	 */
	public RowId {
		requireStorable("name", handler);
		requireStorable("key", key);
	}

	private static void requireStorable(String what, String text) {
		if (text.length() > LONGEST) {
			throw new IllegalArgumentException("The %s '%s...' has %s characters; up to %s can be stored"
				.formatted(what, shown(text.substring(0, 40)), text.length(), LONGEST));
		}
		text.codePoints()
			.filter((character) -> character == 0
					|| (Character.isBmpCodePoint(character) && Character.isSurrogate((char) character)))
			.findFirst()
			.ifPresent((character) -> {
				throw new IllegalArgumentException(
						"The %s '%s' contains the character U+%04X, which databases can't store as text; use another %s"
							.formatted(what, shown(text), character, what));
			});
	}

	/** Keys may come from untrusted input and must not write lines into a log. */
	private static String shown(String text) {
		StringBuilder shown = new StringBuilder(text);
		for (int i = 0; i < shown.length(); i++) {
			char character = shown.charAt(i);
			if (Character.isISOControl(character) || Character.isSurrogate(character)) {
				shown.setCharAt(i, '?');
			}
		}
		return shown.toString();
	}

	@Override
	public String toString() {
		return this.handler + "[" + shown(this.key) + "]";
	}

}
