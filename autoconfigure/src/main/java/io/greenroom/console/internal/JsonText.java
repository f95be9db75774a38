package io.greenroom.console.internal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Writes JSON in ASCII only. As a result, its length in characters equals its length in
 * bytes, it contains no line breaks, and nothing in it can end a script. Confined to a
 * thread.
 */
final class JsonText {

	/** Longer texts are of no use on a page, and a single name must not fill a frame. */
	private static final int MOST_CHARACTERS = 300;

	/** The limit in bytes. It applies to escaped characters, each of which takes six. */
	private static final int MOST_BYTES = 600;

	private static final String HEX = "0123456789abcdef";

	private final StringBuilder text = new StringBuilder(4096);

	private boolean first = true;

	JsonText begin(char bracket) {
		separate();
		this.text.append(bracket);
		this.first = true;
		return this;
	}

	JsonText end(char bracket) {
		this.text.append(bracket);
		this.first = false;
		return this;
	}

	JsonText name(String name) {
		separate();
		quote(name);
		this.text.append(':');
		this.first = true;
		return this;
	}

	/** Writes a text, truncated after a few hundred characters. */
	JsonText value(@Nullable String value) {
		separate();
		if (value == null) {
			this.text.append("null");
		}
		else {
			quote((value.length() > MOST_CHARACTERS) ? value.substring(0, MOST_CHARACTERS) + "..." : value);
		}
		return this;
	}

	JsonText value(long value) {
		separate();
		this.text.append(value);
		return this;
	}

	JsonText value(boolean value) {
		separate();
		this.text.append(value);
		return this;
	}

	/** Writes the duration in milliseconds, or {@code null}. */
	JsonText value(@Nullable Duration value) {
		return (value != null) ? value(value.toMillis()) : value((String) null);
	}

	private void separate() {
		if (!this.first) {
			this.text.append(',');
		}
		this.first = false;
	}

	private void quote(String value) {
		this.text.append('"');
		int start = this.text.length();
		for (int i = 0; i < value.length(); i++) {
			if (this.text.length() - start > MOST_BYTES) {
				this.text.append("...");
				break;
			}
			char each = value.charAt(i);
			if (each < ' ' || each > '~' || "\"\\<>&'".indexOf(each) >= 0) {
				this.text.append("\\u");
				for (int shift = 12; shift >= 0; shift -= 4) {
					this.text.append(HEX.charAt((each >> shift) & 0xf));
				}
			}
			else {
				this.text.append(each);
			}
		}
		this.text.append('"');
	}

	int length() {
		return this.text.length();
	}

	/**
	 * Removes everything after the given length. Used for array elements that do not fit.
	 * @param length the value of {@link #length()} before the element
	 */
	void cutTo(int length) {
		this.text.setLength(length);
		this.first = this.text.charAt(length - 1) == '[';
	}

	byte[] bytes() {
		return this.text.toString().getBytes(StandardCharsets.US_ASCII);
	}

	@Override
	public String toString() {
		return this.text.toString();
	}

}
