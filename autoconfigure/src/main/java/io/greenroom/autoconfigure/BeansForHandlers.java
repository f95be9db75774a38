package io.greenroom.autoconfigure;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.internal.HandlerNeeds;

import org.springframework.beans.factory.BeanFactory;

/**
 * Looks up what handlers need, as late as possible, because a post-processor must not
 * initialize the scheduler early. Not a member of the auto-configuration, whose members
 * Spring reads at the start.
 *
 * @param beans the bean factory
 */
record BeansForHandlers(BeanFactory beans) implements HandlerNeeds {

	@Override
	public GreenScheduler scheduler() {
		return this.beans.getBean(GreenScheduler.class);
	}

	@Override
	public HandlerOptions options() {
		return this.beans.getBean(DeferredProperties.class).options();
	}

	@Override
	public CallerTransactions transactions() {
		CallerTransactions transactions = this.beans.getBeanProvider(CallerTransactions.class).getIfAvailable();
		return (transactions != null) ? transactions : CallerTransactions.NONE;
	}

}
