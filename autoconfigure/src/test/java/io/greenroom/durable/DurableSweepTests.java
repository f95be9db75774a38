package io.greenroom.durable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Instances that are made because they have something to do. */
@Timeout(60)
class DurableSweepTests {

	private static final int MANY = 60;

	@ParameterizedTest
	@MethodSource("io.greenroom.testkit.TestDatabase#all")
	@DisplayName("R01 R13 one look finds many timers that are over, or will soon be: all of them fire, without another look")
	void oneLook(TestDatabase kind) {
		try (HikariDataSource pool = kind.fresh()) {
			JdbcClient jdbc = JdbcClient.create(pool);
			jdbc.sql("create table ledger (account varchar(200), why varchar(200))").update();
			start(pool).close();
			long now = Instant.now().toEpochMilli();
			List<Object[]> rows = new ArrayList<>();
			for (int i = 0; i < 2 * MANY; i++) {
				rows.add(new Object[] { "k" + i, (i < MANY) ? 2 : now + 1000 });
			}
			new JdbcTemplate(pool).batchUpdate(
					"insert into greenroom_row (handler, key_, version, shape, stored, state, status, since, deadline_at) values ('parcel', ?, 1, 1, '{}', 'packed', 'RESTING', 1, ?)",
					rows);
			try (DurableContext context = start(pool)) {
				Until.until("all to be sent",
						() -> jdbc.sql("select count(*) from greenroom_row where state = 'sent' and status = 'DONE'")
							.query(Long.class)
							.single() == 2 * MANY);
				assertThat(context.bean(Parcel.Watch.class).bodies.get()).isEqualTo(2 * MANY);
				assertThat(jdbc.sql("select since from greenroom_row where key_ = ?")
					.param("k" + MANY)
					.query(Long.class)
					.single()).isGreaterThanOrEqualTo(now + 1000);
			}
		}
	}

	private static DurableContext start(HikariDataSource pool) {
		return new DurableContext(pool, new String[] { "greenroom.durable.sweep=1h" }, Parcel.class,
				Parcel.Watch.class);
	}

}
