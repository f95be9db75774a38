package io.greenroom.state;

/**
 * Moves the machines of one {@link StateMachines}. Created once for all of them; each
 * call passes the {@link MoveSteps} of its machine.
 */
final class MachineEngine {

	private final MachineServices services;

	private final Bodies bodies;

	private final BodyMoves fromBody;

	private final OutsideMoves fromOutside;

	private final BodyRunner runner;

	MachineEngine(MachineServices services) {
		this.services = services;
		this.bodies = new Bodies(services, this::startThread);
		this.fromBody = new BodyMoves(services, this.bodies);
		this.fromOutside = new OutsideMoves(services, this.bodies);
		this.runner = new BodyRunner(services, this.bodies, this.fromBody);
	}

	private void startThread(MoveSteps steps, StateActivation first) {
		this.services.start(steps.machine().name(), new Trampoline(this.runner, steps, first));
	}

	MachineServices services() {
		return this.services;
	}

	Bodies bodies() {
		return this.bodies;
	}

	BodyMoves fromBody() {
		return this.fromBody;
	}

	OutsideMoves fromOutside() {
		return this.fromOutside;
	}

}
