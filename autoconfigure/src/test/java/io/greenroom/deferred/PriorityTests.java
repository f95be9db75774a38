package io.greenroom.deferred;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Urgent and ordinary calls. */
@Timeout(60)
@CloseSchedulers
class PriorityTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final Desk desk = new Desk();

	private final Deferred<Desk> deferred = Deferred.of(this.scheduler, this.desk,
			options().toBuilder().processing(Processing.MANUAL).build());

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	@Test
	@DisplayName("D34 urgent calls overtake ordinary ones, each in order among themselves")
	void urgentCallsOvertake() {
		this.deferred.oneway().ordinary(1);
		this.deferred.oneway().ordinary(2);
		this.deferred.oneway().urgent(1);
		this.deferred.oneway().urgent(2);
		assertThat(this.deferred.calls().process()).isEqualTo(4);
		assertThat(this.desk.seen).containsExactly("urgent 1", "urgent 2", "ordinary 1", "ordinary 2");
	}

	@Test
	@DisplayName("D34 while an ordinary call waits, at most 8 urgent ones run in a row")
	void ordinaryCallsAreNotStarved() {
		for (int i = 0; i < 30; i++) {
			this.deferred.oneway().urgent(i);
		}
		for (int i = 0; i < 3; i++) {
			this.deferred.oneway().ordinary(i);
		}
		this.deferred.calls().process();
		assertThat(this.desk.seen.indexOf("ordinary 0")).isEqualTo(8);
		assertThat(this.desk.seen.indexOf("ordinary 1")).isEqualTo(17);
		assertThat(this.desk.seen.indexOf("ordinary 2")).isEqualTo(26);
		assertThat(this.desk.seen).hasSize(33);
		assertThat(this.desk.seen.stream().filter((call) -> call.startsWith("urgent")).toList())
			.isEqualTo(java.util.stream.IntStream.range(0, 30).mapToObj((i) -> "urgent " + i).toList());
	}

	@Test
	@DisplayName("D34 urgent calls that keep coming do not starve an ordinary one")
	void anEndlessStreamDoesNotStarve() throws Exception {
		Deferred<Desk> owned = Deferred.of(this.scheduler, this.desk, options());
		Thread stream = Thread.startVirtualThread(() -> {
			while (!Thread.currentThread().isInterrupted()) {
				owned.oneway().count();
			}
		});
		for (int i = 0; i < 100; i++) {
			owned.sync().ordinary(i);
		}
		stream.interrupt();
		stream.join();
		assertThat(owned.sync().counted()).isPositive();
	}

	@Test
	@DisplayName("D34 D11 a filter applies to urgent calls too, and those withdrawn count for nothing")
	void filtersAndUrgency() {
		this.deferred.oneway().ordinary(0);
		for (int i = 0; i < 3; i++) {
			this.deferred.async((any) -> any).cancel(false);
			this.deferred.oneway().urgent(i);
		}
		assertThat(this.deferred.calls().process("ordinary")).isEqualTo(1);
		assertThat(this.desk.seen).containsExactly("ordinary 0");
		assertThat(this.deferred.calls().process()).isEqualTo(3);
		assertThat(this.deferred.calls().pending()).isZero();
	}

	/** Writes down what it does. */
	static class Desk {

		private final List<String> seen = new ArrayList<>();

		private int count;

		void ordinary(int number) {
			this.seen.add("ordinary " + number);
		}

		@Urgent
		void urgent(int number) {
			this.seen.add("urgent " + number);
		}

		@Urgent
		void count() {
			this.count++;
		}

		int counted() {
			return this.count;
		}

	}

}
