package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.InvalidStateBeansException;
import io.greenroom.spring.StateCompletedEvent;
import io.greenroom.spring.StateFailedEvent;
import io.greenroom.spring.StateTransitionEvent;
import io.greenroom.spring.internal.StateBeanFactoryPostProcessor;
import io.greenroom.spring.internal.StateBeanPostProcessor;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.state.State;
import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.state.StateMove;
import io.greenroom.testkit.Until;
import jakarta.annotation.PostConstruct;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** States of Spring beans. */
class StateAutoConfigurationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, StateAutoConfiguration.class));

	private static String describe(@Nullable Throwable failure) {
		FailureAnalysis analysis = new InvalidStateBeansFailureAnalyzer().analyze(Objects.requireNonNull(failure));
		return Objects.requireNonNull(analysis).getDescription();
	}

	private static StateMachine machine(ApplicationContext context, Object bean) {
		return context.getBean(StateMachines.class).of(bean);
	}

	static class Flower {

		final List<String> log = Collections.synchronizedList(new ArrayList<>());

		@State(initial = true, transitionsTo = "growing")
		void sprouting() {
			this.log.add("sprouting");
			growing(3);
			this.log.add("grew without leaving");
		}

		@State(transitionsTo = "flowering")
		void growing(int cm) {
			this.log.add("growing " + cm);
			this.flowering();
		}

		@State(transitionsTo = "dead")
		void flowering() {
			this.log.add("flowering");
		}

		@State
		void dead(boolean eaten) {
			this.log.add("dead " + eaten);
		}

		void dead() {
			dead(false);
		}

	}

	@Test
	@DisplayName("A01 the machines and post-processors are there; A02 they back off to the user's own")
	void presentAndBackedOff() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(StateMachines.class)
			.hasSingleBean(StateBeanFactoryPostProcessor.class)
			.hasSingleBean(StateBeanPostProcessor.class));
		this.runner.withUserConfiguration(OwnMachines.class).withBean(Flower.class).run((context) -> {
			assertThat(context).hasSingleBean(StateMachines.class).hasBean("mine");
			Flower flower = context.getBean(Flower.class);
			flower.sprouting();
			assertThat(machine(context, flower).awaitState("flowering", LONG)).isTrue();
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnMachines {

		@Bean
		StateMachines mine(GreenScheduler scheduler) {
			return StateMachines.builder(scheduler).build();
		}

	}

	@Test
	@DisplayName("A03 off by its key nothing is left of it, and states are ordinary methods")
	void switchedOff() {
		for (String key : List.of("greenroom.state.enabled=false", "greenroom.scheduler.enabled=false")) {
			this.runner.withPropertyValues(key).withBean(Flower.class).run((context) -> {
				assertThat(context).doesNotHaveBean(StateMachines.class)
					.doesNotHaveBean(StateBeanFactoryPostProcessor.class)
					.doesNotHaveBean(StateBeanPostProcessor.class)
					.doesNotHaveBean(StateProperties.class);
				assertThat(context.getBean(Flower.class).getClass()).isSameAs(Flower.class);
			});
		}
	}

	@Test
	@DisplayName("S18 a bare call, a call through this and a call through the injected bean all move the machine")
	void selfCalls() {
		this.runner.withBean(Flower.class).withBean(Gardener.class).run((context) -> {
			Flower flower = context.getBean(Gardener.class).flower;
			flower.sprouting();
			StateMachine machine = machine(context, flower);
			assertThat(machine.awaitState("flowering", LONG)).isTrue();
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.RESTING);
			assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> flower.growing(1));
			flower.dead();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(flower.log).containsExactly("sprouting", "growing 3", "flowering", "dead false");
		});
	}

	@Test
	@DisplayName("S18 beans of a child context are machines as those of its parent are")
	void childContexts() {
		this.runner.run((parent) -> this.runner.withParent(parent).withBean(Flower.class).run((child) -> {
			Flower flower = child.getBean(Flower.class);
			flower.sprouting();
			assertThat(machine(child, flower).awaitState("flowering", LONG)).isTrue();
		}));
	}

	static class Gardener {

		final Flower flower;

		Gardener(Flower flower) {
			this.flower = flower;
		}

	}

	@Scope("prototype")
	static class Annual extends Flower {

	}

	@Test
	@DisplayName("S17 prototype beans are independent machines")
	void prototypes() {
		this.runner.withUserConfiguration(Annual.class).run((context) -> {
			Annual first = context.getBean(Annual.class);
			Annual second = context.getBean(Annual.class);
			first.sprouting();
			assertThat(machine(context, first).awaitState("flowering", LONG)).isTrue();
			assertThat(machine(context, second).status()).isEqualTo(StateMachine.Status.NEW);
		});
	}

	static class Injected {

		final String first;

		final String[] all;

		@Autowired
		@Nullable Flower field;

		final List<String> log = Collections.synchronizedList(new ArrayList<>());

		Injected() {
			this("wrong", null);
		}

		@Autowired
		Injected(@Qualifier("b") String text, @Nullable ObjectProvider<List<Integer>> none,
				@Value("${list:x,y}") String... all) {
			this.first = text;
			this.all = all;
		}

		@PostConstruct
		void init() {
			begin();
			this.log.add("initialised");
		}

		@State
		void begin() {
			this.log.add("begun " + (this.field != null));
		}

	}

	@Test
	@DisplayName("S18 constructors are injected as written; a state called by @PostConstruct starts when the bean is complete")
	void injection() {
		this.runner.withBean(Flower.class)
			.withBean("a", String.class, () -> "A")
			.withBean("b", String.class, () -> "B")
			.withUserConfiguration(Injected.class)
			.run((context) -> {
				Injected injected = context.getBean(Injected.class);
				assertThat(injected.first).isEqualTo("B");
				assertThat(injected.all).containsExactly("x", "y");
				assertThat(machine(context, injected).join(LONG)).isTrue();
				assertThat(injected.log).containsExactly("initialised", "begun true");
			});
	}

	static class Broken {

		@State(initial = true, transitionsTo = { "nowhere", "elsewhere" })
		void start() {
		}

		@State
		final void island() {
		}

	}

	static final class Closed {

		@State
		void only() {
		}

	}

	@Test
	@DisplayName("S14 everything wrong with all beans is in one failure analysis, with bean and remedy")
	void validation() {
		this.runner.withBean("broken", Broken.class).withBean("closed", Closed.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).isInstanceOfSatisfying(InvalidStateBeansException.class, (ex) -> {
				assertThat(ex.problems()).hasSize(5);
				assertThat(describe(ex)).contains("bean 'broken' (" + Broken.class.getName() + ")",
						"'nowhere', which is no state; the states are [island, start]", "'elsewhere'",
						"island() is final", "'island' can't be reached", "bean 'closed'", "class Closed is final");
			});
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Made {

		@Bean
		Flower flower() {
			return new Flower();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WellMade {

		@Bean
		Flower flower(StateMachines states) {
			return states.create(Flower.class);
		}

	}

	@Test
	@DisplayName("S25 a @Bean method that returns new X() stops the start with the remedy; create(X.class) is that remedy")
	void beanMethods() {
		this.runner.withUserConfiguration(Made.class).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(describe(context.getStartupFailure())).contains("bean 'flower'",
					"return stateMachines.create(Flower.class, ...)");
		});
		this.runner.withUserConfiguration(WellMade.class).run((context) -> {
			Flower flower = context.getBean(Flower.class);
			flower.sprouting();
			assertThat(machine(context, flower).awaitState("flowering", LONG)).isTrue();
			assertThatIllegalArgumentException().isThrownBy(() -> machine(context, new Flower()))
				.withMessageContaining("new Flower() has no machine");
		});
	}

	static class Events {

		final List<String> seen = Collections.synchronizedList(new ArrayList<>());

		final CountDownLatch three = new CountDownLatch(3);

		@EventListener
		void moved(StateTransitionEvent event) {
			this.seen.add(event.move().from() + ">" + event.move().to() + " " + event.machine().current());
			this.three.countDown();
		}

	}

	@Test
	@DisplayName("S21 each move is one ApplicationEvent, and listener beans hear it")
	void events() {
		List<String> heard = Collections.synchronizedList(new ArrayList<>());
		this.runner.withBean(Flower.class)
			.withBean(Events.class)
			.withBean(StateListener.class, () -> new StateListener() {
				@Override
				public void moved(StateMachine machine, StateMove move) {
					heard.add(move.to());
				}
			})
			.run((context) -> {
				Flower flower = context.getBean(Flower.class);
				flower.sprouting();
				assertThat(machine(context, flower).awaitState("flowering", LONG)).isTrue();
				assertThat(machine(context, flower).awaitRest(LONG)).isTrue();
				assertThat(context.getBean(Events.class).seen).containsExactly("null>sprouting sprouting",
						"sprouting>growing growing", "growing>flowering flowering");
				assertThat(heard).containsExactly("sprouting", "growing", "flowering");
			});
	}

	static class Courier {

		@State(initial = true, transitionsTo = "delivered")
		void sent(String to, int parcels) {
			if (parcels == 0) {
				throw new IllegalStateException("nothing to send");
			}
			delivered(to);
		}

		@State
		void delivered(String to) {
		}

	}

	static class Heard {

		final List<String> seen = Collections.synchronizedList(new ArrayList<>());

		@EventListener
		void moved(StateTransitionEvent event) {
			this.seen.add(event.move().to() + event.arguments());
		}

		@EventListener
		void completed(StateCompletedEvent event) {
			this.seen.add("completed " + event.state() + " " + event.machine().status());
		}

		@EventListener
		void failed(StateFailedEvent event) {
			this.seen.add("failed " + event.state() + " " + event.exception().getMessage() + " "
					+ event.machine().name() + " " + (event.getSource() == event.machine().target()));
		}

	}

	@Test
	@DisplayName("S31 S40 events tell of arguments, of bodies that completed, and of machines that failed")
	void tellingEvents() {
		this.runner.withBean(Courier.class).withBean(Heard.class).run((context) -> {
			Courier courier = context.getBean(Courier.class);
			Heard heard = context.getBean(Heard.class);
			courier.sent("Ada", 2);
			assertThat(machine(context, courier).join(LONG)).isTrue();
			Until.until("three events", () -> heard.seen.size() == 3);
			assertThat(heard.seen).containsExactly("sent[Ada, 2]", "delivered[Ada]", "completed delivered DONE");
			heard.seen.clear();
			StateMachines machines = context.getBean(StateMachines.class);
			Courier late = machines.create(Courier.class);
			late.sent("Bob", 0);
			assertThat(machines.of(late).join(LONG)).isTrue();
			Until.until("two events", () -> heard.seen.size() == 2);
			assertThat(heard.seen).containsExactly("sent[Bob, 0]",
					"failed sent nothing to send " + machines.of(late).name() + " true");
		});
	}

	static class Rose {

		final Flower neighbour;

		final String name;

		@Autowired
		@Nullable Flower field;

		Rose(Flower neighbour, String name) {
			this.neighbour = neighbour;
			this.name = name;
		}

		@State
		void blooming() {
		}

	}

	@Test
	@DisplayName("S17 create() takes its arguments, and beans for the rest")
	void autowiredCreate() {
		this.runner.withBean(Flower.class).run((context) -> {
			StateMachines states = context.getBean(StateMachines.class);
			Rose rose = states.create(Rose.class, "damask");
			assertThat(rose.name).isEqualTo("damask");
			assertThat(rose.neighbour).isSameAs(context.getBean(Flower.class)).isSameAs(rose.field);
			rose.blooming();
			assertThat(states.of(rose).join(LONG)).isTrue();
			assertThatIllegalArgumentException().isThrownBy(() -> states.create(Rose.class, 1))
				.withMessageContainingAll("Rose has no constructor", "Integer");
		});
	}

	static class Labelled {

		final Object thing;

		final String label;

		Labelled(Object thing, String label) {
			this.thing = thing;
			this.label = label;
		}

		@State
		void only() {
		}

	}

	@Test
	@DisplayName("S17 create() gives an argument to the parameter of its very type, not to the first that would take it")
	void createByType() {
		this.runner.withBean("thing", Object.class, Object::new).run((context) -> {
			StateMachines states = context.getBean(StateMachines.class);
			Labelled one = states.create(Labelled.class, "label");
			assertThat(one.label).isEqualTo("label");
			assertThat(one.thing).isSameAs(context.getBean("thing"));
			Labelled both = states.create(Labelled.class, 1, "label");
			assertThat(both.thing).isEqualTo(1);
			assertThat(both.label).isEqualTo("label");
		});
	}

	@RestController
	static class Allotment {

		private final Flower flower;

		Allotment(Flower flower) {
			this.flower = flower;
		}

		@PostMapping("/dead")
		void dead() {
			this.flower.dead();
		}

		@PostMapping("/sprouting")
		void sprouting() {
			this.flower.sprouting();
		}

	}

	@Test
	@DisplayName("S04 S12 S40 a request for an undeclared move is answered with 409 and says what is possible, unless an advice answers otherwise")
	void conflict() {
		WebApplicationContextRunner web = new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class,
					StateAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
					WebMvcAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class))
			.withBean(Flower.class)
			.withBean(Allotment.class);
		web.run((context) -> {
			MockMvcTester mvc = MockMvcTester.from(context);
			assertThat(mvc.post().uri("/dead")).hasStatus(409)
				.bodyText()
				.contains("can't start in 'dead': it may start in [sprouting]");
			assertThat(mvc.post().uri("/sprouting")).hasStatus(200);
			assertThat(machine(context, context.getBean(Flower.class)).awaitState("flowering", LONG)).isTrue();
			assertThat(mvc.post().uri("/sprouting")).hasStatus(409)
				.bodyText()
				.contains("can't move from 'flowering' to 'sprouting': declared are [dead]");
			assertThat(mvc.post().uri("/dead")).hasStatus(200);
			assertThat(machine(context, context.getBean(Flower.class)).join(LONG)).isTrue();
			assertThat(mvc.post().uri("/sprouting")).hasStatus(409)
				.bodyText()
				.contains("has ended in 'dead' and can't start again in 'sprouting'")
				.doesNotContain("restart = true");
		});
		web.withBean(Otherwise.class)
			.run((context) -> assertThat(MockMvcTester.from(context).post().uri("/dead")).hasStatus(418));
	}

	@RestControllerAdvice
	@Order(-1)
	static class Otherwise {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.I_AM_A_TEAPOT)
		void otherwise(IllegalTransitionException ex) {
		}

	}

	@Test
	@DisplayName("A04 S20 greenroom.state.history-size bounds the history")
	void historySize() {
		this.runner.withPropertyValues("greenroom.state.history-size=2").withBean(Flower.class).run((context) -> {
			Flower flower = context.getBean(Flower.class);
			flower.sprouting();
			assertThat(machine(context, flower).awaitState("flowering", LONG)).isTrue();
			assertThat(machine(context, flower).history()).hasSize(2);
		});
	}

	static class Stubborn {

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		@State(transitionsTo = "over")
		void held() {
			this.inside.countDown();
			boolean open = false;
			while (!open) {
				try {
					this.release.await();
					open = true;
				}
				catch (InterruptedException ex) {
					Thread.onSpinWait();
				}
			}
		}

		@State
		void over() {
		}

	}

	@Test
	@DisplayName("A04 S10 greenroom.state.stop-timeout bounds how long a move waits for a body")
	void stopTimeout() {
		CountDownLatch abandoned = new CountDownLatch(1);
		this.runner.withPropertyValues("greenroom.state.stop-timeout=30ms")
			.withBean(Stubborn.class)
			.withBean(StateListener.class, () -> new StateListener() {
				@Override
				public void abandoned(StateMachine machine, String from, String to) {
					abandoned.countDown();
				}
			})
			.run((context) -> {
				Stubborn stubborn = context.getBean(Stubborn.class);
				stubborn.held();
				stubborn.inside.await();
				stubborn.over();
				assertThat(abandoned.await(9, TimeUnit.SECONDS)).isTrue();
				stubborn.release.countDown();
			});
	}

	@Test
	@DisplayName("A04 a wrong value stops the start with key, value and what is allowed")
	void wrongValues() {
		for (String wrong : List.of("stop-timeout=0s", "stop-timeout=-1s", "history-size=-1", "history-size=10001")) {
			String[] setting = wrong.split("=", -1);
			this.runner.withPropertyValues("greenroom.state." + wrong).run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).rootCause()
					.isInstanceOfSatisfying(InvalidSettingException.class,
							(ex) -> assertThat(ex.key()).isEqualTo("greenroom.state." + setting[0]));
			});
		}
	}

	/** Advice that says when it begins and ends, with the thread it is on. */
	@Configuration(proxyBeanMethods = false)
	static class Advice {

		final List<String> log = Collections.synchronizedList(new ArrayList<>());

		@Bean
		static DefaultAdvisorAutoProxyCreator proxies() {
			DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
			creator.setProxyTargetClass(true);
			return creator;
		}

		@Bean
		NameMatchMethodPointcutAdvisor advisor() {
			MethodInterceptor around = (invocation) -> {
				String name = invocation.getMethod().getName();
				this.log.add("begin " + name + Thread.currentThread().isVirtual());
				try {
					return invocation.proceed();
				}
				catch (Throwable ex) {
					this.log.add("seen " + ex);
					throw ex;
				}
				finally {
					this.log.add("end " + name);
				}
			};
			NameMatchMethodPointcutAdvisor advisor = new NameMatchMethodPointcutAdvisor(around);
			advisor.setMappedNames("sprouting", "growing");
			return advisor;
		}

	}

	@Test
	@DisplayName("S26 a body runs inside the bean's own advice on its green thread, and its unwinding is a plain return there")
	void advice() {
		this.runner.withUserConfiguration(Advice.class).withBean(Flower.class).run((context) -> {
			Flower flower = context.getBean(Flower.class);
			assertThat(AopUtils.isCglibProxy(flower)).isTrue();
			flower.sprouting();
			StateMachine machine = machine(context, flower);
			assertThat(machine.awaitState("flowering", LONG)).isTrue();
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(context.getBean(Advice.class).log).containsExactly("begin sproutingtrue", "end sprouting",
					"begin growingtrue", "end growing");
			assertThat(((Flower) machine.target()).log).containsExactly("sprouting", "growing 3", "flowering");
		});
	}

	@Configuration(proxyBeanMethods = false)
	@Import(ScopedFlower.class)
	static class Scoped {

		@Bean
		static CustomScopeConfigurer scopes() {
			CustomScopeConfigurer configurer = new CustomScopeConfigurer();
			configurer.addScope("thread", new SimpleThreadScope());
			return configurer;
		}

	}

	@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class ScopedFlower extends Flower {

	}

	@Test
	@DisplayName("S17 a scoped proxy leads to the machine of the scope's object")
	void scopedProxy() {
		this.runner.withUserConfiguration(Scoped.class).run((context) -> {
			Flower flower = context.getBean(Flower.class);
			flower.sprouting();
			StateMachine machine = machine(context, flower);
			assertThat(machine.awaitState("flowering", LONG)).isTrue();
			assertThat(machine.target()).isInstanceOf(ScopedFlower.class).isNotSameAs(flower);
		});
	}

	@Test
	@DisplayName("S15 the machine of a bean stops when the bean is destroyed")
	void destruction() {
		this.runner.withBean(Flower.class).run((context) -> {
			Flower flower = context.getBean(Flower.class);
			StateMachine machine = machine(context, flower);
			flower.sprouting();
			assertThat(machine.awaitState("flowering", LONG)).isTrue();
			assertThat(machine.awaitRest(LONG)).isTrue();
			context.close();
			assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
		});
	}

	@Test
	@DisplayName("S28 a thousand machines at rest hold no thread")
	void atRest() {
		this.runner.run((context) -> {
			StateMachines states = context.getBean(StateMachines.class);
			List<Flower> flowers = IntStream.range(0, 1000).mapToObj((i) -> states.create(Flower.class)).toList();
			flowers.forEach(Flower::sprouting);
			for (Flower flower : flowers) {
				assertThat(states.of(flower).awaitState("flowering", LONG)).isTrue();
				assertThat(states.of(flower).awaitRest(LONG)).isTrue();
			}
			GreenScheduler scheduler = context.getBean(GreenScheduler.class);
			assertThat(scheduler.drain(LONG).killed()).isEmpty();
			assertThat(flowers).allSatisfy((flower) -> assertThat(states.of(flower).current()).isEqualTo("flowering"));
		});
	}

}
