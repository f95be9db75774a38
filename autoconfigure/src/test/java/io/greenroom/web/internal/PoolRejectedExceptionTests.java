package io.greenroom.web.internal;

import java.time.Duration;

import io.greenroom.web.PoolRejectedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

class PoolRejectedExceptionTests {

	@Test
	@DisplayName("H02 A04 Retry-After is spread by the jitter, rounded up, and left out when nothing is to be said")
	void retryAfter() {
		assertThat(retryAfter(Duration.ofMillis(1500), Duration.ZERO, 0.7)).isEqualTo("2");
		assertThat(retryAfter(Duration.ofSeconds(1), Duration.ofSeconds(10), 0)).isEqualTo("1");
		assertThat(retryAfter(Duration.ofSeconds(1), Duration.ofSeconds(10), 0.5)).isEqualTo("6");
		assertThat(retryAfter(Duration.ofSeconds(1), Duration.ofSeconds(10), 0.9999)).isEqualTo("11");
		assertThat(retryAfter(Duration.ZERO, Duration.ZERO, 0.5)).isNull();
	}

	@Test
	@DisplayName("H02 A04 the status that rejects is the configured one, in the answer and in its body")
	void status() {
		PoolRejectedException rejection = new PoolRejectedException(new IllegalStateException(),
				HttpStatus.TOO_MANY_REQUESTS, Duration.ofSeconds(1));
		assertThat(rejection.getStatusCode().value()).isEqualTo(429);
		assertThat(rejection.getBody().getStatus()).isEqualTo(429);
	}

	private static @Nullable String retryAfter(Duration retryAfter, Duration jitter, double share) {
		PoolTerms terms = new PoolTerms(Duration.ZERO, Duration.ZERO, Duration.ZERO, 503, retryAfter, jitter);
		return new PoolRejectedException(new IllegalStateException(), HttpStatus.SERVICE_UNAVAILABLE,
				terms.retryAfter(share))
			.getHeaders()
			.getFirst("Retry-After");
	}

}
