package io.greenroom.green;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The line on one side of a queue. */
class WaitQueueTests {

	@Test
	@DisplayName("Q12 whoever leaves, first, last or in the middle, leaves the others in their order")
	void leavesFromTheMiddle() {
		for (int leaver = 0; leaver < 4; leaver++) {
			for (int another = 0; another < 4; another++) {
				WaitQueue<String> line = new WaitQueue<>();
				List<QueueWaiter<String>> waiters = new ArrayList<>();
				for (int i = 0; i < 4; i++) {
					waiters.add(new QueueWaiter<>("waiter " + i));
					line.add(waiters.get(i));
				}
				List<QueueWaiter<String>> left = new ArrayList<>(waiters);
				line.remove(waiters.get(leaver));
				left.remove(waiters.get(leaver));
				if (another != leaver) {
					line.remove(waiters.get(another));
					left.remove(waiters.get(another));
				}
				QueueWaiter<String> late = new QueueWaiter<>("late");
				line.add(late);
				left.add(late);
				assertThat(line.size()).isEqualTo(left.size());
				for (QueueWaiter<String> next : left) {
					assertThat(line.poll()).isSameAs(next);
				}
				assertThat(line.poll()).isNull();
				assertThat(line.size()).isZero();
			}
		}
	}

}
