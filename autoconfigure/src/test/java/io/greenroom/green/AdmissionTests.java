package io.greenroom.green;

import java.util.concurrent.ConcurrentLinkedQueue;

import io.greenroom.testkit.CloseSchedulers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Slots and the line, with what comes in between their steps. */
@Timeout(60)
@CloseSchedulers
class AdmissionTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final GreenPool pool = this.scheduler.pool("pool", 1);

	private final Line line = new Line();

	private final PoolSlot first = place();

	private final PoolSlot second = place();

	private final PoolSlot third = place();

	private PoolSlot place() {
		return new PoolSlot(this.pool, false);
	}

	private Admission admission(int limit) {
		return new Admission(limit, 10, this.line);
	}

	@Test
	@DisplayName("P03 a slot that comes back while a place joins the line is given to it")
	void aSlotComesBackWhileAPlaceJoins() {
		Admission admission = admission(1);
		assertThat(admission.enter(this.first, true)).isTrue();
		this.line.beforeAdd = admission::handOn;
		assertThat(admission.enter(this.second, true)).isTrue();
		assertThat(this.second.isReady()).isTrue();
		assertThat(admission.active()).isEqualTo(1);
		assertThat(admission.queued()).isZero();
	}

	@Test
	@DisplayName("P03 a place that joins the line while a slot comes back gets it")
	void aPlaceJoinsWhileASlotComesBack() {
		Admission admission = admission(1);
		assertThat(admission.enter(this.first, true)).isTrue();
		this.line.whenEmpty = () -> assertThat(admission.enter(this.second, true)).isTrue();
		admission.handOn();
		assertThat(this.second.isReady()).isTrue();
		assertThat(admission.active()).isEqualTo(1);
		assertThat(admission.queued()).isZero();
	}

	@Test
	@DisplayName("P21 whoever comes later does not overtake a place that joins the line, although a slot is free")
	void newcomersDoNotOvertake() {
		Admission admission = admission(1);
		assertThat(admission.enter(this.first, true)).isTrue();
		this.line.beforeAdd = () -> {
			admission.handOn();
			assertThat(admission.active()).isZero();
			assertThat(admission.tryEnter(this.third)).isFalse();
		};
		assertThat(admission.enter(this.second, true)).isTrue();
		assertThat(this.second.isReady()).isTrue();
		assertThat(this.third.isReady()).isFalse();
	}

	@Test
	@DisplayName("H10 the slots that a pool has beyond a smaller size end when they are returned")
	void surplusSlotsEnd() {
		Admission admission = admission(2);
		assertThat(admission.enter(this.first, true)).isTrue();
		assertThat(admission.enter(this.second, true)).isTrue();
		assertThat(admission.enter(this.third, true)).isTrue();
		admission.resize(1);
		admission.handOn();
		assertThat(this.third.isReady()).isFalse();
		assertThat(admission.active()).isEqualTo(1);
		admission.handOn();
		assertThat(this.third.isReady()).isTrue();
		assertThat(admission.active()).isEqualTo(1);
	}

	@Test
	@DisplayName("H10 a pool that grows gives its new slots to those who wait")
	void aGrownPoolServesTheLine() {
		Admission admission = admission(1);
		assertThat(admission.enter(this.first, true)).isTrue();
		assertThat(admission.enter(this.second, true)).isTrue();
		assertThat(admission.enter(this.third, true)).isTrue();
		admission.resize(3);
		assertThat(this.second.isReady()).isTrue();
		assertThat(this.third.isReady()).isTrue();
		assertThat(admission.active()).isEqualTo(3);
		assertThat(admission.queued()).isZero();
	}

	@Test
	@DisplayName("P03 a slot passes over a place that was given up just then, and goes to the next")
	void aPlaceThatWasGivenUpTakesNoSlot() {
		Admission admission = admission(1);
		assertThat(admission.enter(this.first, true)).isTrue();
		assertThat(admission.enter(this.second, true)).isTrue();
		assertThat(admission.enter(this.third, true)).isTrue();
		this.second.giveUp();
		admission.handOn();
		assertThat(this.third.isReady()).isTrue();
		assertThat(admission.active()).isEqualTo(1);
		assertThat(admission.queued()).isZero();
	}

	@Test
	@DisplayName("P23 when a pool rejects those who wait, nobody is left in its line, and none is counted")
	void aRejectedLineIsEmpty() {
		Admission admission = admission(1);
		assertThat(admission.enter(this.first, true)).isTrue();
		assertThat(admission.enter(this.second, true)).isTrue();
		admission.rejectLine();
		assertThat(this.second).hasToString("Place[pool, gone]");
		assertThat(admission.queued()).isZero();
	}

	/** A line in whose steps something may come in between, once. */
	private static final class Line extends ConcurrentLinkedQueue<PoolSlot> {

		private static final long serialVersionUID = 1L;

		private transient Runnable beforeAdd = () -> {
		};

		private transient Runnable whenEmpty = () -> {
		};

		@Override
		public boolean add(PoolSlot place) {
			Runnable once = this.beforeAdd;
			this.beforeAdd = () -> {
			};
			once.run();
			return super.add(place);
		}

		@Override
		public @Nullable PoolSlot poll() {
			PoolSlot next = super.poll();
			if (next == null) {
				Runnable once = this.whenEmpty;
				this.whenEmpty = () -> {
				};
				once.run();
			}
			return next;
		}

	}

}
