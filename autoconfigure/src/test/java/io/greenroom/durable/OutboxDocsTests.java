package io.greenroom.durable;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;

/** What the guide to durable oneway calls says is what the code does. */
@Timeout(60)
class OutboxDocsTests {

	@Test
	void everyJavaBlockIsCompiledHere() throws IOException {
		String source = withoutIndent(
				Files.readString(Path.of("src/test/java/io/greenroom/durable/OutboxDocsTests.java")));
		List<String> blocks = Pattern.compile("(?ms)^```java\\n(.*?)^```$")
			.matcher(Files.readString(Path.of("../docs/durable-oneway.md")))
			.results()
			.map((block) -> block.group(1))
			.toList();
		assertThat(blocks).hasSizeGreaterThan(2)
			.allSatisfy((block) -> assertThat(source).contains(withoutIndent(block)));
	}

	private static String withoutIndent(String source) {
		return source.lines().map(String::strip).collect(Collectors.joining("\n"));
	}

	@Test
	@DisplayName("O02 O05 the guide's receipt is written after its payment, once; given up, it is tried again by hand")
	void theGuide() {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			JdbcClient jdbc = JdbcClient.create(pool);
			jdbc.sql("create table payments (customer varchar(9), total decimal(9, 2))").update();
			try (DurableContext context = new DurableContext(pool, new String[] { "greenroom.outbox.attempts=1" },
					Receipts.class, Till.class, Operator.class)) {
				context.bean(Till.class).pay("o1", new BigDecimal("9.50"));
				Until.until("the receipt to fail", () -> context.bean(DeadLetters.class).list(9).size() == 1);
				jdbc.sql("create table receipts (customer varchar(9), total decimal(9, 2), id varchar(60))").update();
				context.bean(Operator.class).tryAgain();
				Until.until("the receipt to be written",
						() -> jdbc.sql("select count(*) from receipts").query(Long.class).single() == 1);
			}
		}
	}

	@Service
	@DeferredHandler
	static class Receipts {

		private final JdbcClient jdbc;

		Receipts(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Oneway(durable = true)
		@Transactional
		void write(String order, BigDecimal total) {
			this.jdbc.sql("insert into receipts values (?, ?, ?)")
				.params(order, total, Delivery.current().id())
				.update();
		}

	}

	static class Till {

		private final JdbcClient jdbc;

		private final Receipts receipts;

		Till(JdbcClient jdbc, Receipts receipts) {
			this.jdbc = jdbc;
			this.receipts = receipts;
		}

		@Transactional
		void pay(String order, BigDecimal total) {
			this.jdbc.sql("insert into payments values (?, ?)").params(order, total).update();
			this.receipts.write(order, total); // committed with the payment
		}

	}

	static class Operator {

		private final DeadLetters letters;

		Operator(DeadLetters letters) {
			this.letters = letters;
		}

		void tryAgain() {
			for (DeadLetter letter : this.letters.list("receipts", 50)) {
				this.letters.replay(letter.id()); // or discard
			}
		}

	}

}
