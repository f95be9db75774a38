package io.greenroom.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import io.greenroom.context.internal.MdcAccessor;
import io.greenroom.context.internal.RegisteredContext;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.ContextCarrier;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class GreenroomContextAutoConfigurationTests {

	private static final String KEY = "test.role";

	private static final ThreadLocal<@Nullable String> ROLE = new ThreadLocal<>();

	private final ApplicationContextRunner greenroom = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, GreenroomContextAutoConfiguration.class));

	@AfterEach
	void clean() {
		MDC.clear();
		LocaleContextHolder.resetLocaleContext();
		RequestContextHolder.resetRequestAttributes();
		ROLE.remove();
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
	}

	@Test
	@DisplayName("G28 logging context, locale, request attributes and what is registered are there in the body")
	void contextTravels() {
		this.greenroom.run((context) -> {
			ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, ROLE);
			MDC.put("play", "Hamlet");
			LocaleContextHolder.setLocale(Locale.forLanguageTag("da-DK"));
			ServletRequestAttributes request = new ServletRequestAttributes(new MockHttpServletRequest());
			request.setAttribute("seat", "A1", RequestAttributes.SCOPE_REQUEST);
			RequestContextHolder.setRequestAttributes(request);
			ROLE.set("Ophelia");
			GreenScheduler scheduler = context.getBean(GreenScheduler.class);
			assertThat(scheduler.spawn(() -> MDC.get("play")).get()).isEqualTo("Hamlet");
			assertThat(scheduler.spawn(() -> LocaleContextHolder.getLocale()).get()).hasToString("da_DK");
			assertThat(scheduler
				.spawn(() -> RequestContextHolder.currentRequestAttributes()
					.getAttribute("seat", RequestAttributes.SCOPE_REQUEST))
				.get()).isEqualTo("A1");
			assertThat(scheduler.spawn(ROLE::get).get()).isEqualTo("Ophelia");
		});
	}

	@Test
	@SuppressWarnings("try") // the scopes are there to be closed
	@DisplayName("G28 a thread gets back what it had, and loses for so long what the captured one lacked")
	void scopeRestores() {
		ContextRegistry registry = new ContextRegistry();
		registry.registerThreadLocalAccessor(KEY, ROLE);
		ContextCarrier carrier = new RegisteredContext(registry, List.of(new MdcAccessor()));
		ContextCarrier.Snapshot nothing = carrier.capture();
		assertThat(nothing.isEmpty()).isTrue();
		assertThat(carrier.capture()).isSameAs(nothing);
		MDC.put("play", "Hamlet");
		ContextCarrier.Snapshot hamlet = carrier.capture();
		assertThat(hamlet.isEmpty()).isFalse();
		MDC.setContextMap(Map.of("play", "Macbeth", "act", "3"));
		ROLE.set("Banquo");
		try (ContextCarrier.Scope outer = hamlet.open()) {
			assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("play", "Hamlet"));
			assertThat(ROLE.get()).isNull();
			try (ContextCarrier.Scope inner = nothing.open()) {
				assertThat(MDC.get("play")).isNull();
			}
			assertThat(MDC.get("play")).isEqualTo("Hamlet");
		}
		assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("play", "Macbeth", "act", "3"));
		assertThat(ROLE.get()).isEqualTo("Banquo");
	}

	@Test
	@DisplayName("G28 what is registered later travels from then on, in place of a given one with its key, and no more once it is gone")
	void registryChanges() {
		ContextRegistry registry = new ContextRegistry();
		ContextCarrier carrier = new RegisteredContext(registry, List.of(new MdcAccessor()));
		ROLE.set("Ophelia");
		assertThat(carrier.capture().isEmpty()).isTrue();
		registry.registerThreadLocalAccessor(KEY, ROLE);
		assertThat(roleUnder(carrier.capture())).isEqualTo("Ophelia");
		registry.removeThreadLocalAccessor(KEY);
		assertThat(carrier.capture().isEmpty()).isTrue();
		MDC.put("play", "Hamlet");
		assertThat(carrier.capture().isEmpty()).isFalse();
		registry.registerThreadLocalAccessor(MdcAccessor.KEY, ROLE);
		ContextCarrier.Snapshot roleOnly = carrier.capture();
		assertThat(roleUnder(roleOnly)).isEqualTo("Ophelia");
		MDC.put("play", "Macbeth");
		try (ContextCarrier.Scope _ = roleOnly.open()) {
			assertThat(MDC.get("play")).isEqualTo("Macbeth");
		}
	}

	private static @Nullable String roleUnder(ContextCarrier.Snapshot snapshot) {
		ROLE.remove();
		try (ContextCarrier.Scope _ = snapshot.open()) {
			return ROLE.get();
		}
		finally {
			ROLE.set("Ophelia");
		}
	}

	@Test
	@DisplayName("G28 on a new thread a snapshot sets what there is and looks at nothing else")
	void newThread() {
		List<String> asked = new ArrayList<>();
		Function<String, ThreadLocalAccessor<String>> accessor = (key) -> new ThreadLocalAccessor<>() {

			@Override
			public Object key() {
				return key;
			}

			@Override
			public @Nullable String getValue() {
				asked.add("get " + key);
				return key.equals("lacking") ? null : key;
			}

			@Override
			public void setValue(String value) {
				asked.add("set " + value);
			}

			@Override
			public void restore() {
				asked.add("restore " + key);
			}

		};
		ContextCarrier carrier = new RegisteredContext(new ContextRegistry(),
				List.of(accessor.apply("first"), accessor.apply("lacking"), accessor.apply("second")));
		ContextCarrier.Snapshot snapshot = carrier.capture();
		assertThat(asked).containsExactly("get first", "get lacking", "get second");
		asked.clear();
		snapshot.openOnNewThread().close();
		assertThat(asked).containsExactly("set first", "set second", "restore second", "restore first");
	}

	@Test
	@DisplayName("G28 an accessor that can't set its value leaves nothing of the others behind")
	void failingAccessor() {
		AtomicReference<@Nullable String> set = new AtomicReference<>("value");
		ThreadLocalAccessor<String> failing = new ThreadLocalAccessor<>() {

			@Override
			public Object key() {
				return "failing";
			}

			@Override
			public @Nullable String getValue() {
				return set.get();
			}

			@Override
			public void setValue(String value) {
				throw new IllegalStateException("can't set");
			}

			@Override
			public void setValue() {
				throw new IllegalStateException("can't take away");
			}

		};
		ContextCarrier carrier = new RegisteredContext(new ContextRegistry(), List.of(new MdcAccessor(), failing));
		MDC.put("play", "Hamlet");
		ContextCarrier.Snapshot snapshot = carrier.capture();
		MDC.clear();
		assertThatIllegalStateException().isThrownBy(snapshot::open).withMessage("can't set");
		assertThat(MDC.get("play")).isNull();
	}

	@Test
	@DisplayName("A03 greenroom.context.enabled=false leaves nothing of it")
	void off() {
		this.greenroom.withPropertyValues("greenroom.context.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(ContextCarrier.class).doesNotHaveBean(MdcAccessor.class);
			MDC.put("play", "Hamlet");
			assertThat(context.getBean(GreenScheduler.class).spawn(() -> MDC.get("play")).get()).isNull();
		});
	}

	@Test
	@DisplayName("A05 without context-propagation, and without Spring's web support, the rest is there")
	void absent() {
		this.greenroom.withClassLoader(new FilteredClassLoader(ThreadLocalAccessor.class))
			.run((context) -> assertThat(context).hasSingleBean(GreenScheduler.class)
				.doesNotHaveBean(GreenroomContextAutoConfiguration.class));
		this.greenroom.withClassLoader(new FilteredClassLoader(RequestContextHolder.class.getPackageName()))
			.run((context) -> assertThat(context).hasSingleBean(ContextCarrier.class)
				.doesNotHaveBean("greenroomRequestAccessor"));
	}

	@Test
	@DisplayName("A02 backs off to a user's own carrier")
	void backsOff() {
		this.greenroom.withBean("mine", ContextCarrier.class, () -> ContextCarrier.NONE)
			.run((context) -> assertThat(context).hasSingleBean(ContextCarrier.class)
				.getBean(GreenScheduler.class)
				.satisfies((scheduler) -> assertThat(scheduler.contextCarrier()).isSameAs(ContextCarrier.NONE)));
	}

}
