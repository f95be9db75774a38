package io.greenroom.sample;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/** The bean of the README in a slice that is about the database only. */
@JdbcTest
@Import(Cloakroom.class)
class CloakroomSliceTests {

	@Autowired
	private Cloakroom cloakroom;

	@Test
	@DisplayName("F18 a handler that @JdbcTest imports has its mailbox")
	void hasItsMailbox() {
		assertThat(AopUtils.isAopProxy(this.cloakroom)).isTrue();
		assertThat(this.cloakroom.handIn("blue").number()).isEqualTo(1);
	}

	/** The application itself wants more than a slice has. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OnlyTheDatabase {

	}

}
