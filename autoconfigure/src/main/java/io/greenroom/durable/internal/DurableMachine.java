package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

import io.greenroom.durable.Durable;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.durable.UnreadableRowException;
import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateJournal;
import io.greenroom.state.StateMachine;
import io.greenroom.wire.Codec;
import io.greenroom.wire.CodecException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the position of one key's machine in the key's row. For integrations; not
 * intended for applications.
 * <p>
 * Confined like its {@link DurableInstance}: a thread that moves the machine from outside
 * holds the handler meanwhile.
 */
public final class DurableMachine implements StateJournal {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final DurableInstance instance;

	private final StateClass states;

	private final StateArguments arguments;

	private final DurableNode node;

	/** Set before the machine is created. */
	private @Nullable Turn turn;

	/**
	 * Creates the journal of an instance that is not loaded yet.
	 * @param instance the fence of the instance
	 * @param states the states of its class
	 * @param codec writes arguments
	 * @param node the node that runs the bodies
	 */
	public DurableMachine(DurableInstance instance, StateClass states, Codec codec, DurableNode node) {
		this.instance = Objects.requireNonNull(instance, "instance");
		this.states = Objects.requireNonNull(states, "states");
		this.arguments = new StateArguments(states, codec);
		this.node = Objects.requireNonNull(node, "node");
	}

	/**
	 * Returns why the states of a class cannot be durable.
	 * @param states the states
	 * @param codec writes arguments
	 * @return the problems, one sentence each with its remedy; empty if there are none
	 */
	public static List<String> problems(StateClass states, Codec codec) {
		return StateArguments.problems(states, codec);
	}

	/**
	 * Determines the machine's position from the loaded row, and takes over a body whose
	 * node is gone.
	 * @param taking takes the handler for moves
	 * @return the position, or {@code null} if the machine has not started
	 * @throws UnreadableRowException if the class has no such state, or the state has
	 * other parameters
	 * @throws StaleInstanceException if another node runs the body
	 */
	public @Nullable Entry restore(Turn taking) {
		this.turn = Objects.requireNonNull(taking, "taking");
		// Before any transaction that might roll it back.
		this.node.present();
		Row.Place place = this.instance.place();
		if (place == null) {
			return null;
		}
		if (!this.arguments.has(place.state())) {
			throw new UnreadableRowException(
					"%s is stranded in state '%s', which its class does not have; its states are %s. Restore that state in the class with a way out of it, or set state and version = version + 1 in the row"
						.formatted(this.instance.id(), place.state(), this.arguments.states()),
					null);
		}
		if (place.status() == Row.Status.UNKNOWN) {
			throw new UnreadableRowException("%s is stranded in state '%s': %s; set status and version = version + 1"
				.formatted(this.instance.id(), place.state(), place.error()), null);
		}
		boolean running = place.status() == Row.Status.RUNNING;
		List<@Nullable Object> args = running ? arguments(place) : List.of();
		if (running) {
			takeOver(place);
		}
		Throwable failure = (place.status() == Row.Status.FAILED)
				? new IllegalStateException("Before a restart: " + place.error()) : null;
		return new Entry(place.state(), StateMachine.Status.valueOf(place.status().name()), args, place.since(),
				place.deadline(), failure);
	}

	private List<@Nullable Object> arguments(Row.Place place) {
		try {
			return this.arguments.read(this.states, place.state(), place.args());
		}
		catch (CodecException ex) {
			throw new UnreadableRowException(
					"The body of '%s' of %s was to run again, but its arguments can't be read: %s; correct them in the row, or restore the parameters of the state"
						.formatted(place.state(), this.instance.id(), ex.getMessage()),
					ex);
		}
	}

	private void takeOver(Row.Place place) {
		String other = place.node();
		if (this.node.id().equals(other)) {
			return;
		}
		if (other != null && this.node.isThere(other)) {
			throw new StaleInstanceException(
					"%s is in the body of '%s' on another node (%s), which was seen a moment ago; call again when that has ended"
						.formatted(this.instance.id(), place.state(), other));
		}
		this.instance.takeOver(place.on(this.node.present()));
		log.info("{} runs the body of '{}' again, whose node ({}) is gone", this.instance.id(), place.state(), other);
	}

	@Override
	public void check(String to, List<? extends @Nullable Object> args) {
		this.instance.requireUsed(to);
		try {
			this.arguments.write(to, args);
		}
		catch (CodecException ex) {
			throw new IllegalArgumentException("%s can't move to '%s', as an argument can't be stored: %s"
				.formatted(this.instance.id(), to, ex.getMessage()), ex);
		}
	}

	@Override
	public boolean hold(Duration limit) throws InterruptedException {
		Turn handler = Objects.requireNonNull(this.turn);
		if (!handler.take(limit)) {
			// The instance may have been given up in the meantime.
			this.instance.requireUsed("move");
			return false;
		}
		boolean held = false;
		try {
			this.instance.hold();
			held = true;
			return true;
		}
		finally {
			if (!held) {
				handler.giveBack();
			}
		}
	}

	@Override
	public void letGo(boolean kept) {
		try {
			if (!kept) {
				this.instance.giveUp();
			}
		}
		finally {
			Objects.requireNonNull(this.turn).giveBack();
		}
	}

	@Override
	public void bodyBegins() {
		this.instance.begin(state());
	}

	@Override
	public void bodyThrew(Throwable thrown) {
		this.instance.fail(thrown);
	}

	@Override
	public void bodyEnds(Entry entry) {
		this.instance.end(state(), place(entry));
	}

	@Override
	public boolean isKept() {
		return this.instance.isWritten();
	}

	@Override
	public void keep(Entry entry) {
		this.instance.keep(entry.state(), place(entry));
	}

	@Override
	public Executor requester() {
		return this.instance.requester();
	}

	@Override
	public boolean isLost() {
		return this.instance.isDropped();
	}

	private String state() {
		return Objects.requireNonNull(this.instance.place()).state();
	}

	private Row.Place place(Entry entry) {
		boolean running = entry.status() == StateMachine.Status.RUNNING;
		Throwable failure = entry.failure();
		return new Row.Place(entry.state(), running ? this.arguments.write(entry.state(), entry.args()) : null,
				Row.Status.valueOf(entry.status().name()), entry.since(), entry.deadline(),
				running ? this.node.present() : null, (failure != null) ? Failures.describe(failure) : null);
	}

	@Override
	public String toString() {
		return this.instance.toString();
	}

	/** Takes the handler of the machine for a move from outside. */
	public interface Turn {

		/**
		 * Takes the handler as soon as no body runs.
		 * @param limit the maximum time to wait
		 * @return whether the handler was taken; {@code false} also if the instance is
		 * about to be removed
		 * @throws InterruptedException if the thread is interrupted while waiting
		 */
		boolean take(Duration limit) throws InterruptedException;

		/** Returns the handler. */
		void giveBack();

	}

}
