package io.greenroom.state;

import io.greenroom.observe.BodyListener;
import io.greenroom.observe.MachineListener;
import io.greenroom.state.internal.StateObject;
import org.jspecify.annotations.Nullable;

/** A machine as seen by the code that moves it. */
interface MovingMachine extends StateMachine {

	StateTable table();

	/** Returns the target, to call a state by its number. */
	StateObject states();

	MachineListener observer();

	/** Returns the listener around the bodies, or {@code null} for none. */
	@Nullable BodyListener bodies();

	/** Records where the machine is; {@code null} after its end. */
	void isIn(@Nullable String state);

	/** Gives up a move whose old body does not end. */
	void abandon(Move late);

	/** Leaves a state whose timeout has expired. */
	void timedOut(StateActivation late);

}
