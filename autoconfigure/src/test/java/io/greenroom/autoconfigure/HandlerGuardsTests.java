package io.greenroom.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.constraints.NotBlank;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;
import org.springframework.validation.beanvalidation.MethodValidationPostProcessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What keeps callers out of a bean keeps them out of a handler. */
@Timeout(60)
class HandlerGuardsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenroomContextAutoConfiguration.class,
				GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class))
		.withUserConfiguration(Guards.class);

	@AfterEach
	void leave() {
		SecurityContextHolder.clearContext();
	}

	@Test
	@DisplayName("D42 D29 method security asks about the caller, on the owner's thread, by bean and handle")
	void methodSecurity() {
		this.runner.run((context) -> {
			Safe safe = context.getBean(Safe.class);
			come("ROLE_MANAGER");
			safe.open("by the bean");
			deferred(context).sync().open("by the handle");
			deferred(context).async((any) -> any.log()).join();
			come("ROLE_USHER");
			assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> safe.open("in vain"));
			assertThatExceptionOfType(AccessDeniedException.class)
				.isThrownBy(() -> deferred(context).sync().open("in vain by the handle"));
			assertThat(safe.log()).containsExactly("opened by the bean", "opened by the handle");
		});
	}

	@Test
	@DisplayName("D42 validated arguments and results are, and a body with wrong ones does not run, by bean and handle")
	void validation() {
		this.runner.run((context) -> {
			Safe safe = context.getBean(Safe.class);
			safe.lock("A1");
			assertThatExceptionOfType(ConstraintViolationException.class).isThrownBy(() -> safe.lock(" "))
				.withMessageContaining("lock.code");
			assertThatExceptionOfType(ConstraintViolationException.class)
				.isThrownBy(() -> deferred(context).sync().lock(""));
			assertThatExceptionOfType(ConstraintViolationException.class).isThrownBy(safe::forgotten)
				.withMessageContaining("forgotten.<return value>");
			assertThat(safe.log()).containsExactly("locked with A1", "forgot the code");
		});
	}

	private static void come(String authority) {
		SecurityContextHolder
			.setContext(new SecurityContextImpl(new TestingAuthenticationToken("Ann", "secret", authority)));
	}

	@SuppressWarnings("unchecked")
	private static Deferred<Safe> deferred(AssertableApplicationContext context) {
		return context.getBeanProvider(Deferred.class).getObject();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	@Import(Safe.class)
	static class Guards {

		@Bean
		static LocalValidatorFactoryBean validator() {
			return new LocalValidatorFactoryBean();
		}

		@Bean
		static MethodValidationPostProcessor methodValidation(LocalValidatorFactoryBean validator) {
			MethodValidationPostProcessor processor = new MethodValidationPostProcessor();
			processor.setValidator(validator);
			return processor;
		}

	}

	@DeferredHandler
	@Validated
	static class Safe {

		private final List<String> log = new ArrayList<>();

		@PreAuthorize("hasRole('MANAGER')")
		void open(String how) {
			note("opened " + how);
		}

		void lock(@NotBlank String code) {
			note("locked with " + code);
		}

		@NotBlank
		String forgotten() {
			note("forgot the code");
			return "";
		}

		List<String> log() {
			return List.copyOf(this.log);
		}

		private void note(String what) {
			this.log
				.add(what + (Thread.currentThread().getName().startsWith("handler-") ? "" : " on a foreign thread"));
		}

	}

}
