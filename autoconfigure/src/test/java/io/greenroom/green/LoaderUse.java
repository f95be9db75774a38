package io.greenroom.green;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.io.Command;
import io.greenroom.green.io.GreenServer;
import io.greenroom.green.worker.Worker;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;

/** Uses Greenroom in the class loader it is loaded by; called by reflection. */
public final class LoaderUse {

	private LoaderUse() {
	}

	/** Uses a part, and closes all. */
	public static void use(String part) throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().observer(new Observer() {
			@Override
			public MachineListener machine(String name) {
				return new MachineListener() {
				};
			}
		}).build()) {
			use(part, scheduler);
		}
	}

	private static void use(String part, GreenScheduler scheduler) throws Exception {
		switch (part) {
			case "handler" -> Deferred.of(scheduler, new Handler()).sync().one();
			case "timeout" -> io.greenroom.green.Timeout.after(Duration.ofHours(1)).run(() -> Thread.sleep(1));
			case "later" -> scheduler.spawnLater(Duration.ofHours(1), () -> 1);
			case "repeat" -> scheduler.repeat(Duration.ofHours(1), () -> Thread.sleep(1));
			case "pool" -> scheduler.pool("pool", 2).submit(() -> 1).get();
			case "command" -> Command.of("echo").timeout(Duration.ofHours(1)).run();
			case "machine" -> {
				StateMachines machines = StateMachines.builder(scheduler).build();
				Machine machine = machines.create(Machine.class);
				machine.begun();
				machines.of(machine).awaitRest(Duration.ofSeconds(20));
			}
			case "server" -> {
				GreenServer server = GreenServer.listen(scheduler, scheduler.pool("connections", 2),
						new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
						(connection) -> connection.getOutputStream().write(1));
				try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
					client.getInputStream().read();
				}
			}
			case "worker" -> {
				try (Worker worker = Worker.builder().mode(Worker.Mode.BATON).build()) {
					worker.assign(() -> worker.sleep(Duration.ofHours(1)));
					worker.work();
				}
			}
			default -> throw new IllegalArgumentException(part);
		}
	}

	/** A handler. */
	public static class Handler {

		public int one() {
			return 1;
		}

	}

	/** A machine that rests with a timeout. */
	public static class Machine {

		@State(initial = true, transitionsTo = "over", timeout = "1h", onTimeout = "over")
		public void begun() {
		}

		@State
		public void over() {
		}

	}

}
