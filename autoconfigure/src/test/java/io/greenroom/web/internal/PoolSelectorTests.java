package io.greenroom.web.internal;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;
import java.util.Objects;

import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.web.RunInPool;
import io.greenroom.web.UnknownPoolException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.web.method.HandlerMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@CloseSchedulers
class PoolSelectorTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final PoolSelector selector = new PoolSelector(
			new ControllerPools(Map.of("default", pool("default"), "reports", pool("reports"), "slow", pool("slow"))),
			Excluded.class::isAssignableFrom);

	@Test
	@DisplayName("H08 the nearest annotation names the pool: method, meta-annotation, class, superclass, none")
	void nearestAnnotationCounts() throws Exception {
		assertThat(chosen(new Plain(), "any")).isEqualTo("default");
		assertThat(chosen(new Plain(), "own")).isEqualTo("reports");
		assertThat(chosen(new Plain(), "meta")).isEqualTo("slow");
		assertThat(chosen(new OnClass(), "any")).isEqualTo("reports");
		assertThat(chosen(new OnClass(), "own")).isEqualTo("slow");
		assertThat(chosen(new Inherits(), "any")).isEqualTo("reports");
	}

	@Test
	void excludedControllersRunInNoPool() throws Exception {
		assertThat(this.selector.select(new HandlerMethod(new Excluded(), "any"))).isNull();
	}

	@Test
	@DisplayName("H08 a wrong name says who asks for it and what there is")
	void unknownName() {
		assertThatExceptionOfType(UnknownPoolException.class)
			.isThrownBy(() -> this.selector.select(new HandlerMethod(new Wrong(), "any")))
			.withMessageStartingWith("Wrong#any names the pool 'nowhere', which does not exist; the pools are: ")
			.satisfies(
					(unknown) -> assertThat(unknown.known()).containsExactlyInAnyOrder("default", "reports", "slow"));
	}

	private @Nullable String chosen(Object controller, String method) throws Exception {
		return Objects.requireNonNull(this.selector.select(new HandlerMethod(controller, method))).pool().name();
	}

	private ControllerPool pool(String name) {
		return new ControllerPool(this.scheduler.pool(name, 1), PoolTerms.DEFAULT);
	}

	@Retention(RetentionPolicy.RUNTIME)
	@RunInPool("slow")
	@interface Slowly {

	}

	static class Plain {

		public void any() {
		}

		@RunInPool("reports")
		public void own() {
		}

		@Slowly
		public void meta() {
		}

	}

	@RunInPool("reports")
	static class OnClass {

		public void any() {
		}

		@RunInPool("slow")
		public void own() {
		}

	}

	static class Inherits extends OnClass {

	}

	static class Excluded {

		public void any() {
		}

	}

	@RunInPool("nowhere")
	static class Wrong {

		public void any() {
		}

	}

}
