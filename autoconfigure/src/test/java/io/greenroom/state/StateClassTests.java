package io.greenroom.state;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.greenroom.state.internal.DurationText;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What a class declares, what is wrong with it, and its enhanced class. */
class StateClassTests {

	static class Wrong {

		@State(initial = true, transitionsTo = { "nowhere", "twice" })
		void start() {
		}

		@State
		void twice() {
		}

		@State
		void twice(int n) {
		}

		@State
		void island() {
		}

		@SuppressWarnings("UnusedMethod")
		@State(transitionsTo = "start", onStart = "missing")
		private void hidden() {
		}

		@State
		final void closed() {
		}

		@State
		static void shared() {
		}

		@State
		int counted() {
			return 1;
		}

		@State(onStart = "illTyped", timeout = "soon", onTimeout = "twice")
		void timed() {
		}

		@State(timeout = "5s")
		void stuck() {
		}

		@State(onTimeout = "start")
		void hasty() {
		}

		@State(transitionsTo = "withArgument", timeout = "0s", onTimeout = "withArgument")
		void hurried() {
		}

		@State(transitionsTo = "start", timeout = "1s", onTimeout = "gone")
		void withArgument(String argument) {
		}

		void illTyped(String no) {
		}

	}

	static final class Sealed {

		@State
		void only() {
		}

	}

	static class Unmakeable {

		private Unmakeable() {
		}

		@State
		void only() {
		}

	}

	@Test
	@DisplayName("S14 everything that is wrong is reported together, each with its remedy")
	void problems() {
		List<String> problems = StateClass.of(Wrong.class).problems();
		assertThat(problems).anyMatch((each) -> each.contains("'nowhere', which is no state; the states are"))
			.anyMatch((each) -> each.contains("two methods are the state 'twice'"))
			.anyMatch((each) -> each.contains("'island' can't be reached"))
			.anyMatch((each) -> each.contains("hidden() is private"))
			.anyMatch((each) -> each.contains("closed() is final"))
			.anyMatch((each) -> each.contains("shared() is static"))
			.anyMatch((each) -> each.contains("counted() returns int"))
			.anyMatch((each) -> each.contains("onStart = \"missing\", which does not exist"))
			.anyMatch((each) -> each.contains("onStart = \"illTyped\", which has the wrong form"))
			.anyMatch((each) -> each.contains("timeout = \"soon\""))
			.anyMatch((each) -> each.contains("timeout = \"0s\""))
			.anyMatch((each) -> each.contains("'timed' has onTimeout = \"twice\", which its transitionsTo does not"))
			.anyMatch((each) -> each.contains("'stuck' has a timeout but no onTimeout"))
			.anyMatch((each) -> each.contains("'hasty' has onTimeout = \"start\" but no timeout"))
			.anyMatch((each) -> each.contains("'hurried' has onTimeout = \"withArgument\", which takes arguments"))
			.anyMatch((each) -> each.contains("onTimeout = \"gone\", which is no state"));
		assertThat(StateClass.of(Sealed.class).problems()).singleElement().asString().contains("Sealed is final");
		assertThat(StateClass.of(Unmakeable.class).problems()).singleElement()
			.asString()
			.contains("private constructors only");
		assertThatExceptionOfType(InvalidStatesException.class).isThrownBy(() -> StateClass.of(Wrong.class).enhanced())
			.satisfies((ex) -> assertThat(ex.problems()).isEqualTo(problems));
	}

	static class NoWayOut {

		@State(initial = true, transitionsTo = { "trap", "over" })
		void start() {
		}

		@State(transitionsTo = "trapped")
		void trap() {
		}

		@State(transitionsTo = { "trap", "trapped" })
		void trapped() {
		}

		@State
		void over() {
		}

	}

	static class Endless {

		@State(transitionsTo = "off")
		void on() {
		}

		@State(transitionsTo = "on")
		void off() {
		}

	}

	@Test
	@DisplayName("S14 a state without a way out is warned of where the class has an end, and is no problem")
	void noWayOut() {
		StateClass states = StateClass.of(NoWayOut.class);
		assertThat(states.problems()).isEmpty();
		assertThat(states.warnings()).hasSize(2)
			.anyMatch((warning) -> warning.startsWith("state 'trap' has no way out"))
			.anyMatch((warning) -> warning.startsWith("state 'trapped' has no way out"));
		assertThat(StateClass.of(Endless.class).warnings()).isEmpty();
	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Named {

		String value();

	}

	abstract static class Plant {

		@State(initial = true, transitionsTo = "grown", timeout = "PT30S", onTimeout = "grown")
		protected void seed() {
			grown();
		}

		@State
		protected abstract void grown();

		void water() {
		}

	}

	static class Tree extends Plant {

		final String name;

		/**
		 * Takes a name.
		 * @throws java.io.IOException never
		 */
		@Deprecated
		@SuppressWarnings("RedundantThrows")
		protected Tree(List<String> names, @Named("index") int first) throws java.io.IOException {
			this.name = names.get(first);
		}

		@Override
		protected void grown() {
		}

	}

	@Test
	@DisplayName("S14 a good class describes its states, inherited ones too")
	void states() {
		assertThat(StateClass.of(Tree.class).problems()).isEmpty();
		assertThat(StateClass.of(Tree.class).states()).containsExactlyInAnyOrder(
				new StateDescriptor("seed", true, false, List.of("grown"), Duration.ofSeconds(30), "grown", null),
				new StateDescriptor("grown", false, false, List.of(), null, null, null));
		assertThat(StateClass.isPresentOn(Tree.class)).isTrue();
		assertThat(StateClass.isPresentOn(String.class)).isFalse();
	}

	@Test
	@DisplayName("S18 the enhanced class has the constructors as they were written, and is made once")
	void enhanced() throws Exception {
		Class<?> enhanced = StateClass.of(Tree.class).enhanced();
		assertThat(enhanced).isSameAs(StateClass.of(Tree.class).enhanced()).hasSuperclass(Tree.class);
		assertThat(enhanced.getName()).isEqualTo(Tree.class.getName() + "$$Greenroom");
		Constructor<?> copy = enhanced.getDeclaredConstructor(List.class, int.class);
		Constructor<?> original = Tree.class.getDeclaredConstructor(List.class, int.class);
		assertThat(copy.getModifiers()).isEqualTo(original.getModifiers());
		assertThat(copy.getGenericParameterTypes()).isEqualTo(original.getGenericParameterTypes());
		assertThat(copy.getExceptionTypes()).isEqualTo(original.getExceptionTypes());
		assertThat(copy.getAnnotations()).isEqualTo(original.getAnnotations()).isNotEmpty();
		assertThat(copy.getParameterAnnotations()).isDeepEqualTo(original.getParameterAnnotations());
		assertThat(copy.getParameters()[1].getName()).isEqualTo("first");
		Method state = enhanced.getDeclaredMethod("seed");
		assertThat(state.getModifiers()).isEqualTo(Plant.class.getDeclaredMethod("seed").getModifiers());
		assertThat(enhanced.getDeclaredMethods()).extracting(Method::getName)
			.contains("seed", "grown", "greenroom$slot")
			.doesNotContain("water");
	}

	public static class Ahead {

		@State
		public void only() {
		}

	}

	@Test
	@DisplayName("S18 a class file written ahead of time is found before one is defined")
	void foundBeforeDefined() throws Exception {
		byte[] original = Ahead.class.getResourceAsStream("StateClassTests$Ahead.class").readAllBytes();
		byte[] written = StateClass.of(Ahead.class).classFile();
		ClassLoader loader = new OwnLoader(
				Map.of(Ahead.class.getName(), original, Ahead.class.getName() + "$$Greenroom", written));
		Class<?> found = StateClass.of(loader.loadClass(Ahead.class.getName())).enhanced();
		assertThat(found.getClassLoader()).isSameAs(loader);
		assertThat(found.getProtectionDomain()).isNotNull();
		assertThat(found.getSuperclass()).isSameAs(loader.loadClass(Ahead.class.getName()));
	}

	@Test
	@DisplayName("S19 lengths of time are read as people write them")
	void durations() {
		assertThat(DurationText.parse("200ms")).isEqualTo(Duration.ofMillis(200));
		assertThat(DurationText.parse(" 30 s")).isEqualTo(Duration.ofSeconds(30));
		assertThat(DurationText.parse("5m")).isEqualTo(Duration.ofMinutes(5));
		assertThat(DurationText.parse("2h")).isEqualTo(Duration.ofHours(2));
		assertThat(DurationText.parse("7d")).isEqualTo(Duration.ofDays(7));
		assertThat(DurationText.parse("PT1M30S")).isEqualTo(Duration.ofSeconds(90));
	}

	public static class Absent {

	}

	public static class Mentioning {

		public Absent absent() {
			return new Absent();
		}

	}

	@Test
	@DisplayName("A05 a class whose methods mention what the class path lacks is passed over")
	void linkage() throws Exception {
		byte[] mentioning = Mentioning.class.getResourceAsStream("StateClassTests$Mentioning.class").readAllBytes();
		ClassLoader loader = new OwnLoader(
				Map.of(Mentioning.class.getName(), mentioning, Absent.class.getName(), new byte[0]));
		assertThat(StateClass.isPresentOn(loader.loadClass(Mentioning.class.getName()))).isFalse();
	}

	/** Defines some classes itself, from the bytes given; lacks those without any. */
	private static final class OwnLoader extends ClassLoader {

		private final Map<String, byte[]> own;

		OwnLoader(Map<String, byte[]> own) {
			super(StateClassTests.class.getClassLoader());
			this.own = own;
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			synchronized (getClassLoadingLock(name)) {
				byte[] bytes = this.own.get(name);
				if (bytes == null) {
					return super.loadClass(name, resolve);
				}
				if (bytes.length == 0) {
					throw new ClassNotFoundException(name);
				}
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : defineClass(name, bytes, 0, bytes.length);
			}
		}

	}

}
