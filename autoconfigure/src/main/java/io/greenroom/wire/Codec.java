package io.greenroom.wire;

import java.lang.reflect.Type;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Writes values as text and reads them back. The declared type of a field or parameter
 * decides what is read, never the text: class names in a text have no effect. Equal
 * values are always written as the same text.
 * <p>
 * Implementations must be safe for use by multiple threads.
 */
public interface Codec {

	/**
	 * Checks whether values of a type can be written and read back, as far as the type
	 * shows it.
	 * @param type the declared type
	 * @return the problem and its remedy, as text that follows the type's name;
	 * {@code null} if no problem is known
	 */
	@Nullable String problem(Type type);

	/**
	 * Writes named values as an object.
	 * @param types the declared types by name, in the order in which values are written
	 * @param values the values by name; an absent value is written as null
	 * @return the text of the object
	 * @throws CodecException if a value can't be written
	 */
	String write(Map<String, Type> types, Map<String, @Nullable Object> values);

	/**
	 * Reads named values from an object. Other names in the text are ignored.
	 * @param types the declared types by name
	 * @param text the text of the object
	 * @return the values by name, which may be {@code null}; names that the text lacks
	 * have no entry
	 * @throws CodecException if the text is not that of an object, or a value does not
	 * fit its type
	 */
	Map<String, @Nullable Object> read(Map<String, Type> types, String text);

	/**
	 * Reads all values from an object without declared types, as strings, numbers,
	 * booleans, lists and maps.
	 * @param text the text of the object
	 * @return all values by name
	 * @throws CodecException if the text is not that of an object
	 */
	Map<String, @Nullable Object> read(String text);

}
