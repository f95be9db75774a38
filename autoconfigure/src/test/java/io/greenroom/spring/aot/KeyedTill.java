package io.greenroom.spring.aot;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.DurableAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomContextAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import org.h2.jdbcx.JdbcConnectionPool;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A handler by key with all the advice that Spring has without further libraries. */
@DeferredHandler
public class KeyedTill {

	private final List<String> log = new ArrayList<>();

	private final String id;

	public KeyedTill(@Key String id, DataSource dataSource) {
		this.id = id;
		note("made " + id + " with " + (dataSource != null));
	}

	public String id() {
		return this.id;
	}

	@PreAuthorize("#who == 'boss'")
	public void open(String who) {
		note("opened");
	}

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

	/** What is in it, kept in the database. */
	@DeferredHandler
	@Durable
	public static class Drawer {

		@Stored
		private long cents;

		private final JdbcTemplate jdbc;

		public Drawer(@Key String id, DataSource dataSource) {
			this.jdbc = new JdbcTemplate(dataSource);
		}

		@Transactional
		@Retryable(maxRetries = 1, delay = 1)
		public long put(long more) {
			this.cents += more;
			this.jdbc.update("create table if not exists puts (more bigint)");
			this.jdbc.update("insert into puts values (?)", more);
			if (more < 0) {
				throw new IllegalStateException("nothing to put");
			}
			return this.cents;
		}

		/** What the database has, seen by the next instance. */
		public String told() {
			return "drawer %d in version %d after %d puts".formatted(this.cents,
					this.jdbc.queryForObject("select version from greenroom_row", Long.class),
					this.jdbc.queryForObject("select count(*) from puts", Long.class));
		}

	}

	/** Everybody who calls the till, by the bean and by the handle. */
	public static class Clerk {

		private final Keyed<String, KeyedTill> tills;

		private final PlatformTransactionManager transactions;

		private final Keyed<String, Drawer> drawers;

		public Clerk(Keyed<String, KeyedTill> tills, Keyed<String, Drawer> drawers,
				PlatformTransactionManager transactions) {
			this.tills = tills;
			this.drawers = drawers;
			this.transactions = transactions;
		}

		/** Works, and returns what the till has noted. */
		public List<String> work() {
			KeyedTill till = this.tills.get("${left}");
			Deferred<KeyedTill> handle = this.tills.deferred("${left}");
			SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ann", "", "USER"));
			TransactionTemplate transaction = new TransactionTemplate(this.transactions);
			till.book("sale");
			handle.sync().book("sale by the handle");
			if (till.price("tea") != handle.sync().price("tea")) {
				throw new AssertionError("The price was looked up twice");
			}
			if (!"printed".equals(till.flaky())) {
				throw new AssertionError("Not printed");
			}
			transaction.executeWithoutResult((status) -> till.ring("kept"));
			transaction.executeWithoutResult((status) -> {
				till.ring("undone");
				status.setRollbackOnly();
			});
			till.open("boss");
			try {
				till.open("guest");
				throw new AssertionError("Everybody may open it");
			}
			catch (AccessDeniedException denied) {
				SecurityContextHolder.clearContext();
			}
			if (!"right".equals(this.tills.get("right").id()) || this.tills.active() != 2) {
				throw new AssertionError("Not one till for each key");
			}
			List<String> done = new ArrayList<>(till.log());
			done.add(useDrawer(this.drawers.get("left")));
			return done;
		}

		private String useDrawer(Drawer drawer) {
			drawer.put(5);
			try {
				drawer.put(-1);
				throw new AssertionError("Less was put");
			}
			catch (IllegalStateException expected) {
				drawer.put(5);
			}
			while (!this.drawers.passivate("left")) {
				Thread.onSpinWait();
			}
			return drawer.told();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@EnableCaching
	@EnableResilientMethods
	@EnableMethodSecurity
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
			GreenroomContextAutoConfiguration.class, DurableAutoConfiguration.class })
	@Import({ KeyedTill.class, KeyedTill.Drawer.class, Clerk.class })
	static class Stand {

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
