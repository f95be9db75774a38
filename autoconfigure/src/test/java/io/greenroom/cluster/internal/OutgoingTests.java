package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;

import io.greenroom.wire.Answer;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.FailureData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The caller's side, message by message. */
class OutgoingTests {

	private final Others others = new Others();

	private final Outgoing outgoing = new Outgoing(new Membership(this.others, 2), this.others, ClusterOptions.of(2),
			new ClusterCounts(), (to, message) -> this.others.sent.add(to + " " + message.attempt()));

	private final List<Outcome> outcomes = new ArrayList<>();

	private final Envelope call = new Envelope("1", 1, "account", "ann", "deposit(long)", "{}", Envelope.Mode.ANSWER,
			Duration.ofSeconds(30), Map.of(), List.of());

	@Test
	@DisplayName("N02 N03 a node that was taken for gone wakes and says that its body has thrown: its caller hears what the next owner answers")
	void failureOfAFormerOwner() {
		this.outgoing.begin(this.call, true, this.outcomes::add);
		this.others.owner = "c";
		this.others.members.remove("b");
		this.outgoing.left("b");
		assertThat(this.others.sent).containsExactly("b 1", "c 2");
		this.outgoing.answered("b", Answer.threw(this.call, FailureData.rejected("the connection is gone")));
		assertThat(this.outcomes).isEmpty();
		this.outgoing.answered("c", Answer.returned(this.call.resent(2, Duration.ofSeconds(1)), "5"));
		assertThat(this.outcomes).singleElement()
			.isEqualTo(new Outcome.Answered(new Answer("1", 2, Answer.Kind.RETURNED, "5", null)));
	}

	@Test
	@DisplayName("N02 a node that was taken for gone wakes and says what its body has returned: it is stored, and the caller has it")
	void resultOfAFormerOwner() {
		this.outgoing.begin(this.call, true, this.outcomes::add);
		this.others.owner = "c";
		this.others.members.remove("b");
		this.outgoing.left("b");
		this.outgoing.answered("b", Answer.returned(this.call, "5"));
		assertThat(this.outcomes).containsExactly(new Outcome.Answered(Answer.returned(this.call, "5")));
	}

	@Test
	@DisplayName("N10 the node that has the call says that its body has thrown, at a first sending or a later one")
	void failureOfTheOwner() {
		this.outgoing.begin(this.call, true, this.outcomes::add);
		this.others.runNext();
		assertThat(this.others.sent).containsExactly("b 1", "b 2");
		Answer threw = Answer.threw(this.call, FailureData.rejected("no"));
		this.outgoing.answered("b", threw);
		assertThat(this.outcomes).containsExactly(new Outcome.Answered(threw));
	}

	@Test
	@DisplayName("N02 the transaction of a call was cut: the call is sent again under its id; the second time its caller has the failure, and so has that of a call that may not be made twice")
	void cut() {
		this.outgoing.begin(this.call, true, this.outcomes::add);
		Answer cut = Answer.cut(this.call, FailureData.rejected("the connection is gone"));
		this.outgoing.answered("b", cut);
		assertThat(this.outcomes).isEmpty();
		List.copyOf(this.others.later).forEach(Runnable::run);
		assertThat(this.others.sent).containsExactly("b 1", "b 2");
		this.outgoing.answered("b", cut.to(2));
		assertThat(this.outcomes).containsExactly(new Outcome.Answered(cut.to(2)));
		this.outgoing.begin(this.call, false, this.outcomes::add);
		this.outgoing.answered("b", cut);
		assertThat(this.outcomes).hasSize(2).last().isEqualTo(new Outcome.Answered(cut));
	}

	@Test
	@DisplayName("N02 N03 a node that was taken for gone wakes and says that its transaction was cut: its caller hears what the next owner answers")
	void cutOfAFormerOwner() {
		this.outgoing.begin(this.call, true, this.outcomes::add);
		this.others.owner = "c";
		this.others.members.remove("b");
		this.outgoing.left("b");
		this.outgoing.answered("b", Answer.cut(this.call, FailureData.rejected("the connection is gone")));
		assertThat(this.outcomes).isEmpty();
		assertThat(this.others.sent).containsExactly("b 1", "c 2");
	}

	@Test
	@DisplayName("N07 a node that had a call is gone, and there is no quorum until the caller's time is over: the caller hears that the call may have been made")
	void cutOffFromTheOwner() {
		this.outgoing.begin(this.call, true, this.outcomes::add);
		this.others.members.removeAll(Set.of("b", "c"));
		this.outgoing.left("b");
		this.others.timeOver();
		assertThat(this.outcomes).singleElement()
			.isInstanceOfSatisfying(Outcome.TimedOut.class,
					(late) -> assertThat(late.found()).contains("may have run", "1 of at least 2 nodes"));
	}

	@Test
	@DisplayName("N07 there is no quorum for all of the caller's time: the caller hears that the call was not made")
	void neverAnOwner() {
		this.others.members.removeAll(Set.of("b", "c"));
		this.outgoing.begin(this.call, true, this.outcomes::add);
		this.others.timeOver();
		assertThat(this.outcomes).containsExactly(new Outcome.NoQuorum("1 of at least 2 nodes"));
	}

	/** Two other nodes, of which one has the key. */
	private static final class Others implements Nodes, Timer {

		private final Set<String> members = new TreeSet<>(Set.of("a", "b", "c"));

		private final List<String> sent = new ArrayList<>();

		private final Queue<Runnable> later = new ArrayDeque<>();

		private String owner = "b";

		private Runnable timeOver = () -> {
		};

		void timeOver() {
			this.timeOver.run();
		}

		void runNext() {
			this.later.remove().run();
		}

		@Override
		public String here() {
			return "a";
		}

		@Override
		public Set<String> members() {
			return this.members;
		}

		@Override
		public @Nullable String owner(String target) {
			return this.owner;
		}

		@Override
		public boolean send(String to, byte[] message) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void start(Events events) {
		}

		@Override
		public long nanoTime() {
			return 0;
		}

		@Override
		public void after(Duration delay, Runnable action) {
			if (delay.toSeconds() < 30) {
				this.later.add(action);
			}
			else {
				this.timeOver = action;
			}
		}

	}

}
