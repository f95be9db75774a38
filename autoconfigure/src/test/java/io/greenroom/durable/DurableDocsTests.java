package io.greenroom.durable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What the guide to durable handlers says is what the code does. */
@Timeout(60)
class DurableDocsTests {

	@Test
	void everyJavaBlockIsCompiledHere() throws IOException {
		String source = withoutIndent(
				Files.readString(Path.of("src/test/java/io/greenroom/durable/DurableDocsTests.java")));
		List<String> blocks = Pattern.compile("(?ms)^```java\\n(.*?)^```$")
			.matcher(Files.readString(Path.of("../docs/durable-handlers.md")))
			.results()
			.map((block) -> block.group(1))
			.toList();
		assertThat(blocks).hasSizeGreaterThan(1)
			.allSatisfy((block) -> assertThat(source).contains(withoutIndent(block)));
	}

	private static String withoutIndent(String source) {
		return source.lines().map(String::strip).collect(Collectors.joining("\n"));
	}

	@Test
	@DisplayName("R05 the guide's stock is stored, rolls back as a whole, and reads what an older class has written")
	void theGuide() {
		try (HikariDataSource pool = TestDatabase.H2.fresh()) {
			JdbcClient jdbc = JdbcClient.create(pool);
			jdbc.sql("create table reservations (customer varchar(9), article varchar(9), pieces int)").update();
			try (DurableContext context = DurableContext.of(pool, Stock.class)) {
				Keyed<String, Stock> stocks = context.keyed(String.class, Stock.class);
				stocks.get("tea").add(10);
				stocks.get("tea").reserve("o1", 4);
				assertThatIllegalStateException().isThrownBy(() -> stocks.get("tea").reserve("o2", 7))
					.withMessage("Not enough of tea");
				Until.until("the instance to go", () -> stocks.passivate("tea"));
				assertThat(stocks.get("tea").told()).isEqualTo("6 left, reserved {o1=4}");
				assertThat(jdbc.sql("select count(*) from reservations").query(Long.class).single()).isEqualTo(1);
			}
			jdbc.sql("update greenroom_row set stored = '{\"boxes\":3}'").update();
			try (DurableContext context = DurableContext.of(pool, NewStock.class)) {
				assertThat(context.keyed(String.class, NewStock.class).get("tea").add(1)).isEqualTo(37);
			}
		}
	}

	@Service
	@DeferredHandler
	@Durable(name = "stock")
	static class Stock {

		private final String article;

		private final JdbcClient jdbc;

		@Stored
		private int pieces;

		@Stored
		private Map<String, Integer> reserved = new TreeMap<>();

		private int calls; // of this instance, in memory only

		Stock(@Key String article, JdbcClient jdbc) {
			this.article = article;
			this.jdbc = jdbc;
		}

		int add(int more) {
			this.calls++;
			return this.pieces += more;
		}

		@Transactional
		void reserve(String order, int number) {
			this.pieces -= number;
			this.reserved.merge(order, number, Integer::sum);
			this.jdbc.sql("insert into reservations values (?, ?, ?)").params(order, this.article, number).update();
			if (this.pieces < 0) {
				throw new IllegalStateException("Not enough of " + this.article);
			}
		}

		@ReadOnly
		String told() {
			return this.pieces + " left, reserved " + this.reserved;
		}

	}

	@DeferredHandler
	@Durable(name = "stock", version = 2)
	static class NewStock {

		@Stored
		private int pieces;

		NewStock(@Key String article) {
		}

		int add(int more) {
			return this.pieces += more;
		}

		@Upgrade
		void upgrade(int version, Map<String, Object> stored) {
			this.pieces = ((Number) stored.get("boxes")).intValue() * 12;
		}

	}

}
