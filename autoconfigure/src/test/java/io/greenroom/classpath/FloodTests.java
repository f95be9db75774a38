package io.greenroom.classpath;

import java.util.Arrays;
import java.util.List;

import io.greenroom.testkit.ForkedJvm;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A handler that gets far more calls than there is memory for. */
@Timeout(120)
class FloodTests {

	@ParameterizedTest
	@ValueSource(strings = { "BLOCK", "REJECT", "DROP_NEWEST", "DROP_OLDEST" })
	@DisplayName("D25 D31 a million oneway calls at -Xmx128m against a handler that sleeps: accepted = run + told, all others counted")
	void floods(String overflow) throws Exception {
		String answer = ForkedJvm.run(List.of("-Xmx128m", "-XX:+ExitOnOutOfMemoryError"), Flood.class, (jar) -> true,
				overflow);
		int[] counts = Arrays.stream(answer.split("\\D+")).mapToInt(Integer::parseInt).toArray();
		int accepted = counts[0];
		int told = counts[1];
		int rejected = counts[2];
		int ran = counts[3];
		int left = counts[4];
		assertThat(accepted + told).as(answer).isEqualTo(1_000_000);
		switch (overflow) {
			case "BLOCK" -> assertThat(counts).as(answer).containsExactly(1_000_000, 0, 0, 1_000_000, 0);
			case "REJECT" -> {
				assertThat(told).as(answer).isPositive().isEqualTo(rejected);
				assertThat(accepted).as(answer).isEqualTo(ran + left);
			}
			default -> {
				assertThat(told).as(answer).isZero();
				assertThat(rejected).as(answer).isPositive();
				assertThat(accepted).as(answer).isEqualTo(ran + left + rejected);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "pool, 1000000", "machine, 100000", "server, 4000", "outbox, 20000" })
	@DisplayName("P01 S03 H11 O09 a flood at -Xmx128m against a pool, a machine, a server and an outbox: each is accepted and runs, or its caller is told")
	void floodsOfOtherParts(String part, int many) throws Exception {
		String answer = ForkedJvm.run(List.of("-Xmx128m", "-XX:+ExitOnOutOfMemoryError"), PartFlood.class,
				(jar) -> true, part, Integer.toString(many));
		int[] counts = Arrays.stream(answer.split("\\D+")).mapToInt(Integer::parseInt).toArray();
		assertThat(counts[0] + counts[1]).as(answer).isEqualTo(many);
		assertThat(counts[2]).as(answer).isEqualTo(counts[0]);
	}

	@Test
	@DisplayName("D25 who calls without ever waiting does not keep the handler off the only core there is")
	void aTorrentLetsTheHandlerRun() throws Exception {
		String answer = ForkedJvm.run(
				List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
				Torrent.class, (jar) -> true);
		assertThat(Integer.parseInt(answer.strip())).isBetween(1, 256);
	}

}
