package io.greenroom.deferred.internal;

import java.time.Duration;

import io.greenroom.deferred.RestartPolicy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The sum of restarts in a period. */
class RestartsTests {

	@Test
	@DisplayName("D33 the back-off doubles up to the period, and old restarts are forgotten")
	void backOffDoubles() {
		Restarts restarts = new Restarts(new RestartPolicy(3, Duration.ofMillis(350), Duration.ofMillis(100)));
		assertThat(restarts.next(0)).isEqualTo(Duration.ofMillis(100));
		assertThat(restarts.next(1)).isEqualTo(Duration.ofMillis(200));
		assertThat(restarts.next(2)).isEqualTo(Duration.ofMillis(350));
		assertThat(restarts.next(3)).isNull();
		assertThat(restarts.next(Duration.ofSeconds(1).toNanos())).isEqualTo(Duration.ofMillis(100));
	}

}
