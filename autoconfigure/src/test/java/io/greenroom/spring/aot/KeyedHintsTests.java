package io.greenroom.spring.aot;

import java.util.List;
import java.util.Map;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.DurableAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.cluster.NoQuorumException;
import io.greenroom.cluster.OwnerLostException;
import io.greenroom.cluster.RemoteFailureException;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.durable.Upgrade;
import io.greenroom.keyed.Key;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.testkit.TestDatabase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/** What is asked by reflection of handlers by key, at the start and by JSON. */
class KeyedHintsTests {

	private static final RuntimeHints hints = new RuntimeHints();

	@BeforeAll
	static void process() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(Bank.class);
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get(KeyedHintsTests.class)), new InMemoryGeneratedFiles(), hints);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
		}
	}

	@Test
	@DisplayName("F18 handlers by key are made, called and stored by reflection, also what they inherit")
	void members() throws Exception {
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(Account.class.getDeclaredConstructor(String.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Account.class.getDeclaredMethod("deposit", Money.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Account.class.getDeclaredMethod("upgrade", int.class, Map.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(Account.class.getDeclaredField("balance")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(Opened.class.getDeclaredField("notes")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(Currency.class.getDeclaredMethod("valueOf", String.class))).accepts(hints);
	}

	@Test
	@DisplayName("F18 stored fields, arguments and results are bound to JSON, with what they consist of")
	void values() throws Exception {
		for (Class<?> value : List.of(Money.class, Note.class, Receipt.class, Author.class)) {
			assertThat(RuntimeHintsPredicates.reflection().onType(value)).as(value.getSimpleName()).accepts(hints);
			assertThat(RuntimeHintsPredicates.reflection()
				.onMethodInvocation(value.getDeclaredMethod(value.getRecordComponents()[0].getName())))
				.as(value.getSimpleName())
				.accepts(hints);
		}
		assertThat(RuntimeHintsPredicates.reflection().onType(Unrelated.class)).rejects(hints);
	}

	@Test
	@DisplayName("N10 F18 declared exceptions are recreated by reflection, and those that calls throw by themselves")
	void failures() throws Exception {
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(OverdrawnException.class.getDeclaredConstructor(String.class))).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(OverdrawnException.class.getDeclaredField("who")))
			.accepts(hints);
		RuntimeHints always = new RuntimeHints();
		SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter((registrar) -> registrar.getClass().getName().startsWith("io.greenroom"))
			.forEach((registrar) -> registrar.registerHints(always, null));
		for (Class<?> failure : List.of(NoQuorumException.class, OwnerLostException.class, RemoteFailureException.class,
				IllegalTransitionException.class)) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(failure)
				.withMemberCategories(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
						MemberCategory.ACCESS_DECLARED_FIELDS))
				.as(failure.getSimpleName())
				.accepts(always);
		}
		assertThat(RuntimeHintsPredicates.resource().forResource("io/greenroom/jdbc/calls-h2.sql")).accepts(always);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
			StateAutoConfiguration.class, DurableAutoConfiguration.class })
	@Import({ Account.class, Rate.class })
	static class Bank {

		@Bean(destroyMethod = "close")
		com.zaxxer.hikari.HikariDataSource dataSource() {
			return TestDatabase.H2.fresh();
		}

	}

	abstract static class Opened {

		@Stored
		private List<Note> notes = List.of();

		void note(Note note) {
			this.notes = List.of(note);
		}

	}

	@DeferredHandler
	@Durable(version = 2)
	static class Account extends Opened {

		@Stored
		private Money balance = new Money(0);

		Account(@Key String id) {
		}

		Receipt deposit(Money amount) throws OverdrawnException {
			this.balance = amount;
			return new Receipt(amount.cents());
		}

		@Upgrade
		private void upgrade(int version, Map<String, Object> stored) {
		}

	}

	@DeferredHandler
	static class Rate {

		Rate(@Key Currency currency) {
		}

		double today() {
			return 1;
		}

	}

	enum Currency {

		EUR

	}

	record Money(long cents) {

	}

	record Note(Author author) {

	}

	record Author(String name) {

	}

	record Receipt(long number) {

	}

	record Unrelated(String text) {

	}

	static class OverdrawnException extends Exception {

		private static final long serialVersionUID = 1L;

		private final String who;

		OverdrawnException(String who) {
			super(who + " is overdrawn");
			this.who = who;
		}

		String who() {
			return this.who;
		}

	}

}
