package io.greenroom.state;

import io.greenroom.observe.BodyListener;
import io.greenroom.observe.MachineListener;
import io.greenroom.state.internal.StateObject;
import org.jspecify.annotations.Nullable;

/** A machine as what moves it sees it. */
interface MovingMachine extends StateMachine {

	StateTable table();

	/** Returns the target as what calls a state by its number. */
	StateObject states();

	MachineListener observer();

	/** Returns what stands round the bodies, if anything does. */
	@Nullable BodyListener bodies();

	/** Notes where the machine is, {@code null} after its end. */
	void isIn(@Nullable String state);

	/** Gives a move up whose old body does not end. */
	void abandon(Move late);

	/** Leaves a state whose timeout has come. */
	void timedOut(StateActivation late);

}
