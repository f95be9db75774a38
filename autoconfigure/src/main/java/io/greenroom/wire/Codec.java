package io.greenroom.wire;

import java.lang.reflect.Type;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Writes values as text and reads them back. What a value is read as is decided by the
 * declared type of the field or the parameter that it belongs to, never by the text: a
 * text that names classes makes none. The same value is always written as the same text.
 * <p>
 * Safe for use by many threads.
 */
public interface Codec {

	/**
	 * Looks whether values of a type can be written and read back, as far as the type
	 * tells.
	 * @param type the declared type
	 * @return what is wrong with it and the remedy, to follow its name; {@code null} if
	 * nothing is known to be wrong
	 */
	@Nullable String problem(Type type);

	/**
	 * Writes values by name.
	 * @param types the declared type of each value, in the order in which they are
	 * written
	 * @param values the values; one that is absent or {@code null} is written as null
	 * @return an object's text
	 * @throws CodecException if a value can't be written
	 */
	String write(Map<String, Type> types, Map<String, @Nullable Object> values);

	/**
	 * Reads values by name. Names in the text that are not asked for are ignored.
	 * @param types the declared type of each value
	 * @param text an object's text
	 * @return the values that the text has, which may be {@code null}; no entry for what
	 * it does not have
	 * @throws CodecException if the text is no object's, or a value does not fit its type
	 */
	Map<String, @Nullable Object> read(Map<String, Type> types, String text);

	/**
	 * Reads values by name as the text has them: texts, numbers, truth values, lists and
	 * maps.
	 * @param text an object's text
	 * @return all values
	 * @throws CodecException if the text is no object's
	 */
	Map<String, @Nullable Object> read(String text);

}
