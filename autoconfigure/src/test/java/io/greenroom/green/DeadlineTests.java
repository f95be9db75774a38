package io.greenroom.green;

import java.time.Duration;

import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Deadlines, which only tell the time. */
class DeadlineTests {

	@Test
	@DisplayName("T13 a deadline says what is left, and throws when nothing is")
	void tellsTheTime() {
		Deadline far = Deadline.after(Duration.ofMinutes(1));
		assertThat(far.remaining()).isBetween(Duration.ofSeconds(30), Duration.ofMinutes(1));
		assertThat(far.check()).isPositive();
		assertThat(far.checkMillis()).isBetween(30_000, 60_000);
		assertThat(far.isExpired()).isFalse();
		Deadline passed = Deadline.after(Duration.ZERO);
		assertThat(passed.isExpired()).isTrue();
		assertThat(passed.remaining()).isZero();
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(passed::check)
			.withMessageContaining("PT0S");
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(passed::checkMillis);
	}

	@Test
	@DisplayName("T13 a deadline passes, and says how long it was")
	void passes() {
		Deadline soon = Deadline.after(Duration.ofNanos(1));
		Until.until("the deadline to pass", soon::isExpired);
		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(soon::check)
			.withMessageContaining("PT0.000000001S");
	}

	@Test
	@DisplayName("T13 of a deadline and a step's own limit the earlier counts")
	void earlierOneCounts() {
		Deadline minute = Deadline.after(Duration.ofMinutes(1));
		assertThat(minute.within(Duration.ofHours(1))).isSameAs(minute);
		assertThat(minute.within(Duration.ofSeconds(1)).remaining()).isLessThanOrEqualTo(Duration.ofSeconds(1));
		assertThatIllegalArgumentException().isThrownBy(() -> minute.within(Duration.ofSeconds(-1)));
	}

	@Test
	@DisplayName("T13 no deadline never passes, and gives calls with a limit the longest they know")
	void noneNeverPasses() {
		assertThat(Deadline.none().isExpired()).isFalse();
		assertThat(Deadline.none().checkMillis()).isEqualTo(Integer.MAX_VALUE);
		assertThat(Deadline.none().within(Duration.ofSeconds(1)).remaining())
			.isLessThanOrEqualTo(Duration.ofSeconds(1));
		assertThat(Deadline.none()).hasToString("Deadline[none]");
		assertThat(Deadline.after(Duration.ofSeconds(Long.MAX_VALUE)).isExpired()).isFalse();
	}

}
