package io.greenroom.spring.aot;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import org.h2.jdbcx.JdbcConnectionPool;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A handler with all the advice that Spring has without further libraries. */
@DeferredHandler
public class Till {

	private final List<String> log = new ArrayList<>();

	private int looked;

	private int tried;

	@Transactional
	public void book(String what) {
		note(what + (TransactionSynchronizationManager.isActualTransactionActive() ? " in a transaction" : ""));
	}

	@Cacheable("prices")
	public int price(String what) {
		note("price of " + what);
		return ++this.looked;
	}

	@Retryable(maxRetries = 3, delay = 1)
	public String flaky() {
		note("try " + ++this.tried);
		if (this.tried < 3) {
			throw new IllegalStateException("the printer is jammed");
		}
		return "printed";
	}

	@Oneway(phase = OnewayPhase.AFTER_COMMIT)
	@Transactional
	public void ring(String what) {
		book("ring " + what);
	}

	private void note(String what) {
		this.log.add(what + (Thread.currentThread().getName().startsWith("handler-") ? "" : " on a foreign thread"));
	}

	public List<String> log() {
		return List.copyOf(this.log);
	}

	/** Everybody who calls the till, by the bean and by the handle. */
	public static class Clerk {

		private final Till till;

		private final Deferred<Till> handle;

		private final PlatformTransactionManager transactions;

		public Clerk(Till till, Deferred<Till> handle, PlatformTransactionManager transactions) {
			this.till = till;
			this.handle = handle;
			this.transactions = transactions;
		}

		/** Works, and returns what the till has noted. */
		public List<String> work() {
			TransactionTemplate transaction = new TransactionTemplate(this.transactions);
			this.till.book("sale");
			this.handle.sync().book("sale by the handle");
			if (this.till.price("tea") != this.handle.sync().price("tea")) {
				throw new AssertionError("The price was looked up twice");
			}
			if (!"printed".equals(this.till.flaky())) {
				throw new AssertionError("Not printed");
			}
			transaction.executeWithoutResult((status) -> this.till.ring("kept"));
			transaction.executeWithoutResult((status) -> {
				this.till.ring("undone");
				status.setRollbackOnly();
			});
			return this.till.log();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@EnableCaching
	@EnableResilientMethods
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class })
	@Import({ Till.class, Clerk.class })
	static class Shop {

		@Bean
		DataSource dataSource() {
			return JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "sa", "");
		}

		@Bean
		JdbcTransactionManager transactionManager(DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

		@Bean
		ConcurrentMapCacheManager cacheManager() {
			return new ConcurrentMapCacheManager();
		}

	}

}
