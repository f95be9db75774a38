package io.greenroom.json.internal;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.wire.Codec;
import io.greenroom.wire.CodecException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes values as JSON. Uses a copy of the application's mapper, including its modules
 * and mixins, with a fixed order of properties and map entries, so that the text of an
 * unchanged value does not change. Numbers are read as they were written, and decimals
 * keep all their digits. Values of type {@code int}, {@code long} and {@code boolean} are
 * written as they are, without the mapper.
 */
public final class JacksonCodec implements Codec {

	private static final String ADVICE = "use a type that Jackson can write and read back, or add a Jackson module or annotation for it";

	private static final Set<Type> PLAIN = Set.of(int.class, Integer.class, long.class, Long.class, boolean.class,
			Boolean.class);

	private final JsonMapper mapper;

	/** By declared type. There are as many as the application's classes declare. */
	private final Map<Type, ObjectWriter> writers = new ConcurrentHashMap<>();

	/** By declared type, like the writers. */
	private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();

	/** The names of fields and parameters as they are written. */
	private final Map<String, String> names = new ConcurrentHashMap<>();

	/**
	 * Creates a codec.
	 * @param mapper the application's mapper, which is not changed
	 */
	public JacksonCodec(JsonMapper mapper) {
		this.mapper = mapper.rebuild()
			.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
			.enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.disable(SerializationFeature.INDENT_OUTPUT)
			// A class without visible values would be stored as an empty object.
			.enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
			.build();
	}

	@Override
	public @Nullable String problem(Type type) {
		try {
			return problem(this.mapper.constructType(type), type);
		}
		catch (IllegalArgumentException ex) {
			return unreadable(type, String.valueOf(ex.getMessage()));
		}
	}

	private @Nullable String problem(JavaType declared, Type type) {
		if (declared.isJavaLangObject()) {
			return "contains the type Object, or a raw type, which does not determine what to read it back as; declare the actual type";
		}
		JavaType inner = declared.isReferenceType() ? declared.getReferencedType() : declared.getContentType();
		if (inner != null) {
			return problem(inner, type);
		}
		try {
			this.mapper.readerFor(declared).readValue("{}");
			return null;
		}
		catch (InvalidDefinitionException ex) {
			return unreadable(type, reason(ex));
		}
		catch (JacksonException justNotOfThisText) {
			return null;
		}
	}

	private static String unreadable(Type type, String reason) {
		return "is a %s, which can't be read back from JSON (%s); %s".formatted(type.getTypeName(), reason, ADVICE);
	}

	@Override
	public String write(Map<String, Type> types, Map<String, @Nullable Object> values) {
		StringBuilder object = new StringBuilder("{");
		types.forEach((name, type) -> object.append((object.length() > 1) ? "," : "")
			.append(this.names.computeIfAbsent(name, this.mapper::writeValueAsString))
			.append(':')
			.append(text(type, values.get(name), "'" + name + "'")));
		return object.append('}').toString();
	}

	@Override
	public Map<String, @Nullable Object> read(Map<String, Type> types, String text) {
		JsonNode object = object(text);
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		types.forEach((name, type) -> {
			JsonNode value = object.get(name);
			if (value != null) {
				values.put(name, value(type, value, "'" + name + "'"));
			}
		});
		return values;
	}

	@Override
	public Map<String, @Nullable Object> read(String text) {
		JsonNode object = object(text);
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		object.properties()
			.forEach((entry) -> values.put(entry.getKey(),
					value(Object.class, entry.getValue(), "'" + entry.getKey() + "'")));
		return values;
	}

	private String text(Type type, @Nullable Object value, String what) {
		if (value == null) {
			return "null";
		}
		if (PLAIN.contains(type)) {
			return value.toString();
		}
		try {
			// Written with the declared type, so that the type can read it back.
			return this.writers.computeIfAbsent(type, this::writer).writeValueAsString(value);
		}
		catch (Throwable ex) {
			// A getter may throw anything.
			throw new CodecException("%s, a %s, can't be written as JSON (%s); %s".formatted(what, type.getTypeName(),
					reason(ex), ADVICE), ex);
		}
	}

	private @Nullable Object value(Type type, JsonNode value, String what) {
		Object plain = plain(type, value);
		if (plain != null) {
			return plain;
		}
		try {
			return this.readers.computeIfAbsent(type, this::reader).readValue(value);
		}
		catch (Throwable ex) {
			// A constructor may throw anything.
			throw new CodecException("%s is stored as %s, which is not a %s (%s)".formatted(what,
					shown(value.toString()), type.getTypeName(), reason(ex)), ex);
		}
	}

	private ObjectWriter writer(Type type) {
		return this.mapper.writerFor(this.mapper.constructType(type));
	}

	/** Returns a value that needs no reader, or {@code null} if it needs one. */
	private static @Nullable Object plain(Type type, JsonNode value) {
		if (type == long.class || type == Long.class) {
			return (value.isIntegralNumber() && value.canConvertToLong()) ? value.longValue() : null;
		}
		if (type == int.class || type == Integer.class) {
			return (value.isIntegralNumber() && value.canConvertToInt()) ? value.intValue() : null;
		}
		boolean truth = type == boolean.class || type == Boolean.class;
		return (truth && value.isBoolean()) ? value.booleanValue() : null;
	}

	private ObjectReader reader(Type type) {
		return this.mapper.readerFor(this.mapper.constructType(type));
	}

	private JsonNode object(String text) {
		JsonNode object = parsed(text);
		if (!object.isObject()) {
			throw new CodecException("An object was expected, but %s is stored".formatted(shown(text)), null);
		}
		return object;
	}

	private JsonNode parsed(String text) {
		try {
			return this.mapper.readTree(text);
		}
		catch (JacksonException | StackOverflowError ex) {
			throw new CodecException("%s is stored, which is not JSON (%s)".formatted(shown(text), reason(ex)), ex);
		}
	}

	private static String reason(Throwable thrown) {
		return switch (thrown) {
			case JacksonException jackson -> String.valueOf(jackson.getOriginalMessage());
			case StackOverflowError deep -> "it is nested too deeply, or contains itself";
			default -> thrown.getClass().getName() + message(thrown);
		};
	}

	/** A message may be missing, or throw in turn. */
	private static String message(Throwable thrown) {
		try {
			String message = thrown.getMessage();
			return (message != null) ? ": " + message : "";
		}
		catch (Throwable evil) {
			return "";
		}
	}

	private static String shown(String text) {
		return (text.length() <= 80) ? text : text.substring(0, 77) + "...";
	}

}
