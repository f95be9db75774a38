package io.greenroom.keyed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.worker.Worker;
import io.greenroom.keyed.Books.Account;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.keyed.internal.KeyedOptions;
import io.greenroom.test.DeterministicScheduler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Handlers by key on the deterministic scheduler, by many seeds and in both modes. */
@Timeout(60)
class KeyedInVirtualTimeTests {

	private static final KeyedOptions DEFAULTS = KeyedOptions.defaults();

	private final Books books = new Books();

	static Stream<Arguments> orders() {
		List<Arguments> orders = new ArrayList<>();
		for (Worker.Mode mode : Worker.Mode.values()) {
			for (long seed = 0; seed < 10; seed++) {
				orders.add(Arguments.of(mode, seed));
			}
		}
		return orders.stream();
	}

	private static DeterministicScheduler open(Worker.Mode mode, long seed) {
		return DeterministicScheduler.of(Worker.builder().mode(mode).seed(seed));
	}

	@DisplayName("U01 K01 calls by key, while instances make room for others: each count is exact, and no time passes")
	@ParameterizedTest
	@MethodSource("orders")
	void makeRoom(Worker.Mode mode, long seed) {
		try (DeterministicScheduler test = open(mode, seed)) {
			KeyedHandler<String, Account> accounts = this.books.accounts(test.scheduler(), DEFAULTS.withMaxActive(2));
			test.run(() -> {
				List<GreenThread<?>> callers = new ArrayList<>();
				for (int i = 0; i < 6; i++) {
					int caller = i;
					callers.add(test.scheduler().spawn(() -> {
						for (int call = 0; call < 6; call++) {
							String key = "key" + (caller + call) % 4;
							switch (call % 3) {
								case 0 -> accounts.get(key).increment();
								case 1 -> accounts.get(key).add(1);
								default -> accounts.deferred(key).async(Account::increment).join();
							}
							if (call == caller) {
								accounts.passivate(key);
							}
						}
					}));
				}
				test.scheduler().joinAll(callers);
				accounts.close();
			});
			assertThat(this.books.stored.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(36);
			assertThat(this.books.twins).hasValue(0);
			assertThat(test.clock().instant()).isBefore(Instant.EPOCH.plusMillis(50));
		}
	}

	@DisplayName("U01 K05 an instance that is idle for its time is ended as the time passes")
	@ParameterizedTest
	@MethodSource("orders")
	void idleInstancesEnd(Worker.Mode mode, long seed) {
		try (DeterministicScheduler test = open(mode, seed)) {
			KeyedHandler<String, Account> accounts = this.books.accounts(test.scheduler(),
					DEFAULTS.withIdle(Duration.ofMinutes(10)));
			test.run(() -> accounts.get("ann").increment());
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH);
			test.advance(Duration.ofMinutes(9));
			assertThat(accounts.active()).isEqualTo(1);
			test.advance(Duration.ofMinutes(6));
			assertThat(accounts.active()).isZero();
			test.run(() -> assertThat(accounts.get("ann").increment()).isEqualTo(2));
		}
	}

	@DisplayName("U01 K02 a call waits for the end of the instance before it, in virtual time and no longer than its caller does")
	@ParameterizedTest
	@MethodSource("orders")
	void callsWaitForTheEndBefore(Worker.Mode mode, long seed) {
		try (DeterministicScheduler test = open(mode, seed)) {
			KeyedHandler<String, Account> accounts = this.books.accounts(test.scheduler(), DEFAULTS,
					HandlerOptions.builder().timeout(Duration.ofMinutes(1)).build());
			this.books.beforeEnding = (key) -> Parking.sleep(Duration.ofSeconds(150));
			test.run(() -> {
				accounts.get("ann").increment();
				assertThat(accounts.passivate("ann")).isFalse();
				assertThatExceptionOfType(DeferredTimeoutException.class)
					.isThrownBy(() -> accounts.get("ann").increment())
					.withMessageContaining("still ending");
				assertThat(accounts.get("ann").increment()).as("has waited for the rest of the end").isEqualTo(2);
			});
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plusSeconds(150));
		}
	}

}
