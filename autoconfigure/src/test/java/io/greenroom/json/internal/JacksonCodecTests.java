package io.greenroom.json.internal;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;

import io.greenroom.wire.CodecException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Values that are written and read without the mapper. */
class JacksonCodecTests {

	private static final Map<String, Type> LONG = Map.of("n", long.class);

	private final JacksonCodec codec = new JacksonCodec(JsonMapper.builder().build());

	@Test
	@DisplayName("R09 whole numbers and truth values come back equal, at their limits too, with the text that the mapper writes")
	void plain() {
		Map<String, Type> types = new LinkedHashMap<>();
		Map<String, Object> values = new LinkedHashMap<>();
		Object[] all = { 0, Integer.MIN_VALUE, Integer.MAX_VALUE, 0L, Long.MIN_VALUE, Long.MAX_VALUE, true, false };
		for (Object value : all) {
			String name = "v" + types.size();
			types.put(name, value.getClass());
			values.put(name, value);
		}
		types.put("primitive", long.class);
		values.put("primitive", 7L);
		String text = this.codec.write(types, values);
		assertThat(text).isEqualTo(JsonMapper.builder().build().writeValueAsString(values));
		assertThat(this.codec.read(types, text)).isEqualTo(values);
	}

	@Test
	@DisplayName("R09 null in a nullable number comes back as null")
	void none() {
		Map<String, Type> types = Map.of("n", Long.class);
		assertThat(this.codec.read(types, "{\"n\":null}")).containsEntry("n", null);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"n\":9223372036854775808}", "{\"n\":\"much\"}", "{\"n\":{}}" })
	@DisplayName("R09 what is no such number is not read as one")
	void noNumber(String text) {
		assertThatExceptionOfType(CodecException.class).isThrownBy(() -> this.codec.read(LONG, text));
	}

	@Test
	@DisplayName("R09 a number that was stored as a text, as a module of the application may do, can still be read")
	void numberAsText() {
		assertThat(this.codec.read(LONG, "{\"n\":\"5\"}")).containsEntry("n", 5L);
	}

}
