package io.greenroom.durable;

import javax.sql.DataSource;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.DurableAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.keyed.Keyed;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.ResolvableType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.util.StringUtils;

/** An application with durable handlers. */
final class DurableContext implements AutoCloseable {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	DurableContext(DataSource dataSource, String[] properties, Class<?>... beans) {
		this.context.registerBean("dataSource", DataSource.class, () -> dataSource,
				(definition) -> definition.setDestroyMethodName(""));
		this.context.register(Transactions.class);
		start(properties, beans);
	}

	private DurableContext(String[] properties, Class<?>... beans) {
		start(properties, beans);
	}

	private void start(String[] properties, Class<?>... beans) {
		TestPropertyValues.of(properties).applyTo(this.context);
		this.context.register(Base.class);
		for (Class<?> bean : beans) {
			this.context.registerBean(StringUtils.uncapitalize(bean.getSimpleName()), bean);
		}
		this.context.refresh();
	}

	/** Without a database. */
	static DurableContext without(String[] properties, Class<?>... beans) {
		return new DurableContext(properties, beans);
	}

	static DurableContext of(DataSource dataSource, Class<?>... beans) {
		return new DurableContext(dataSource, new String[0], beans);
	}

	@SuppressWarnings("unchecked")
	<K, T> Keyed<K, T> keyed(Class<K> key, Class<T> type) {
		return (Keyed<K, T>) this.context.getBeanProvider(ResolvableType.forClassWithGenerics(Keyed.class, key, type))
			.getObject();
	}

	<B> B bean(Class<B> type) {
		return this.context.getBean(type);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
			StateAutoConfiguration.class, DurableAutoConfiguration.class })
	static class Base {

	}

	@Configuration(proxyBeanMethods = false)
	static class Transactions {

		@Bean
		@Primary
		JdbcTransactionManager transactionManager(DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

		@Bean
		JdbcClient jdbcClient(DataSource dataSource) {
			return JdbcClient.create(dataSource);
		}

	}

}
