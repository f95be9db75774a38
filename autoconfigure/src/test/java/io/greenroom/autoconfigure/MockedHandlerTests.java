package io.greenroom.autoconfigure;

import java.util.List;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.verify;

/** A user's test that replaces a handler by a mock, while others ask for its handle. */
@SpringJUnitConfig
@Timeout(60)
class MockedHandlerTests {

	@MockitoBean
	Cellar cellar;

	@Autowired
	Cook cook;

	@Test
	@DisplayName("D32 @MockitoBean of a handler starts the context, and its handle leads to the mock")
	void mockedHandler() {
		given(this.cellar.bottles()).willReturn(7);
		assertThat(this.cook.cellar.sync().bottles()).isEqualTo(7);
		assertThat(this.cook.cellar.async(Cellar::bottles)).isCompletedWithValue(7);
		this.cook.cellar.oneway().store("port");
		verify(this.cellar).store("port");
		assertThat(this.cook.all).hasSize(1);
	}

	@DeferredHandler
	static class Cellar {

		private int bottles;

		int bottles() {
			return this.bottles;
		}

		@Oneway
		void store(String what) {
			this.bottles++;
		}

	}

	static class Cook {

		final Deferred<Cellar> cellar;

		final List<Deferred<Cellar>> all;

		Cook(Deferred<Cellar> cellar, List<Deferred<Cellar>> all) {
			this.cellar = cellar;
			this.all = all;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class })
	@Import({ Cellar.class, Cook.class })
	static class Kitchen {

	}

}
