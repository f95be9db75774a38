package io.greenroom.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs the tests of a JUnit class on a {@link DeterministicScheduler}. The test's own
 * thread leads: nothing else runs while it runs, and whenever it waits for a handler, a
 * machine or the time by Greenroom's means, the green threads run, in an order that is
 * the same each time and in virtual time. Such a wait that nothing can end fails at once
 * and says who waits for whom; a wait by the JDK's means hangs, see below. A test method
 * can take the scheduler as a parameter:
 * {@snippet :
 * &#64;GreenroomTest
 * &#64;SpringBootTest
 * class OrderTests {
 *
 * 	&#64;Autowired
 * 	StateMachines machines;
 *
 * 	&#64;Test
 * 	void expires(DeterministicScheduler time) {
 * 		Order order = this.machines.create(Order.class);
 * 		order.open();
 * 		time.advance(Duration.ofMinutes(30));
 * 		assertThat(this.machines.of(order)).isIn("expired");
 * 	}
 *
 * }
 * }
 * <p>
 * <b>With Spring</b>, in {@code @SpringBootTest} and its slices, the scheduler replaces
 * the {@code greenScheduler} bean of the auto-configuration, and so runs the handlers,
 * the machines and everything else on green threads; a scheduler bean of the
 * application's own stays. Contexts are cached as always, apart from those of other
 * tests. The scheduler belongs to the context: its time goes on from test to test, as
 * beans keep what they have. A test that leaves work behind fails, and the next test gets
 * a new context. A real server is not supported, because its threads are not green; use
 * MockMvc.
 * <p>
 * <b>Without Spring</b>, each test method has a new scheduler.
 * <p>
 * A test that blocks by the JDK's own means, such as a latch, waits for ever for green
 * threads, which run only while it waits by Greenroom's means: calls of handlers,
 * {@link io.greenroom.state.StateMachine StateMachine}, green threads and queues,
 * {@link io.greenroom.green.GreenScheduler#await await} for other futures. Needs JUnit
 * Jupiter.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(GreenroomExtension.class)
public @interface GreenroomTest {

	/**
	 * Returns what becomes of calls that a {@code @Transactional} test makes in its own
	 * transaction.
	 * @return the rule
	 */
	TestCalls transactionalCalls() default TestCalls.REJECT;

	/** What becomes of calls of handlers that a test makes in its own transaction. */
	enum TestCalls {

		/**
		 * They are rejected at once, with a message that says why the body would not see
		 * what the test has written, and what to do.
		 */
		REJECT,

		/**
		 * They run at once on the test's thread and in its transaction, without their
		 * turn, as through {@link io.greenroom.deferred.Deferred#direct()}. What a body
		 * throws is thrown to the test, also by oneway calls. Calls that wait for the
		 * commit wait for it nevertheless.
		 */
		ON_TEST_THREAD,

		/** They are made as outside a test. */
		AS_USUAL

	}

}
