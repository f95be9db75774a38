package io.greenroom.jdbc.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

class SchemaTests {

	@ParameterizedTest
	@MethodSource
	@DisplayName("each part has a script for each database, which makes the tables that the start looks for")
	void scripts(Database database, Schema.Part part) throws Exception {
		ClassPathResource script = new ClassPathResource(database.script(part.file()));
		assertThat(script.exists()).as(script.getPath()).isTrue();
		assertThat(script.getContentAsString(StandardCharsets.UTF_8)).contains(
				part.tables().stream().map((table) -> "create table if not exists " + table.name() + " (").toList());
	}

	static Stream<Arguments> scripts() {
		return Arrays.stream(Database.values())
			.flatMap((database) -> Stream.of(Schema.Part.ROWS, Schema.Part.CALLS, Schema.Part.OUTBOX)
				.map((part) -> Arguments.of(database, part)));
	}

}
