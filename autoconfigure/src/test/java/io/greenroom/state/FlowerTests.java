package io.greenroom.state;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The life of a flower, as the documentation tells it. */
@Timeout(60)
class FlowerTests {

	@RegisterExtension
	final Machines machines = new Machines();

	@Test
	@DisplayName("S02 S06 S28 the life of a flower: it sprouts, grows, rests, flowers, withers and dies")
	void life() throws InterruptedException {
		Flower flower = this.machines.create(Flower.class);
		StateMachine life = this.machines.of(flower);
		flower.sprouting(1);
		assertThat(life.awaitState("growing", Machines.LONG)).isTrue();
		assertThat(Machines.rests(life)).isTrue();
		assertThat(life.status()).isEqualTo(StateMachine.Status.RESTING);
		flower.growing();
		assertThat(Machines.rests(life)).isTrue();
		assertThat(life.current()).isEqualTo("growing");
		flower.growing();
		assertThat(life.awaitState("flowering", Machines.LONG)).isTrue();
		assertThat(Machines.rests(life)).isTrue();
		assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> flower.sprouting(1))
			.satisfies((ex) -> assertThat(ex.legal()).containsExactly("withering", "dead"));
		flower.withering();
		assertThat(Machines.rests(life)).isTrue();
		flower.dead();
		assertThat(life.join(Machines.LONG)).isTrue();
		assertThat(life.status()).isEqualTo(StateMachine.Status.DONE);
		assertThat(life.history()).extracting(StateMove::to)
			.containsExactly("sprouting", "growing", "growing", "growing", "flowering", "withering", "dead");
		assertThat(flower.diary).containsExactly("about to be flowering []", "died at 21");
	}

	static class Thirsty extends Flower {

		@Override
		@State(transitionsTo = { "growing", "flowering", "withering", "dead" }, timeout = "20ms",
				onTimeout = "withering")
		void growing() {
			this.diary.add("thirsty");
		}

		@Override
		@State(transitionsTo = { "growing", "dead" }, timeout = "20ms", onTimeout = "dead")
		void withering() {
			super.withering();
		}

	}

	@Test
	@DisplayName("S19 a flower that nobody waters withers and dies by itself")
	void neglected() throws InterruptedException {
		Flower flower = this.machines.create(Thirsty.class);
		flower.sprouting(1);
		StateMachine life = this.machines.of(flower);
		assertThat(life.join(Duration.ofSeconds(20))).isTrue();
		assertThat(life.history()).extracting(StateMove::to)
			.isEqualTo(List.of("sprouting", "growing", "withering", "dead"));
	}

}
