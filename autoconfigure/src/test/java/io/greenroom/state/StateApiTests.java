package io.greenroom.state;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What machines tell: failures, ends, where they are. */
@ExtendWith(OutputCaptureExtension.class)
class StateApiTests {

	@RegisterExtension
	final Machines machines = new Machines();

	static class Unmarked {

		@State(transitionsTo = "there")
		void here() {
		}

		@State
		void there() {
		}

	}

	static class Marked {

		@State(initial = true)
		void here() {
		}

	}

	@Test
	@DisplayName("S12 one INFO line says where no state is marked initial")
	void unmarked(CapturedOutput output) {
		this.machines.create(Unmarked.class);
		this.machines.create(Unmarked.class);
		this.machines.create(Marked.class);
		assertThat(output.getAll().lines())
			.filteredOn((line) -> line.contains("INFO") && line.contains("every state may start a machine"))
			.singleElement()
			.asString()
			.contains(Unmarked.class.getName());
	}

}
