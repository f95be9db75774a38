package io.greenroom.web.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import jakarta.servlet.ServletException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** When a request that is to hop leaves the thread of its server. */
class HopGateTests {

	private final HopGate gate = new HopGate();

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private final List<String> steps = new ArrayList<>();

	private final HopGate.Departure departure = new HopGate.Departure() {

		@Override
		public void go() {
			HopGateTests.this.steps.add("hops");
		}

		@Override
		public void cancel() {
			HopGateTests.this.steps.add("stays");
		}

	};

	HopGateTests() {
		this.request.setAsyncSupported(true);
	}

	private void depart() {
		Objects.requireNonNull(HopGate.exitFor(this.request)).then(this.departure);
	}

	@Test
	@DisplayName("H14 a request hops when the server's thread has left all filters, and not before")
	void leavesFirst() throws Exception {
		this.gate.doFilter(this.request, this.response, (_, _) -> {
			depart();
			this.steps.add("the filters go on");
		});
		assertThat(this.steps).containsExactly("the filters go on", "hops");
		assertThat(HopGate.exitFor(this.request)).isNull();
	}

	@Test
	@DisplayName("H07 H14 a request whose filter has failed does not hop, and what it has taken is given back")
	void failedFilters() {
		assertThatExceptionOfType(ServletException.class)
			.isThrownBy(() -> this.gate.doFilter(this.request, this.response, (_, _) -> {
				depart();
				throw new ServletException("a filter has failed");
			}));
		assertThat(this.steps).containsExactly("stays");
	}

}
