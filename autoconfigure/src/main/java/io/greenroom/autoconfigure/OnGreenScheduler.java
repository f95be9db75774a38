package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;

/** Matches if there is a scheduler. */
final class OnGreenScheduler extends OnNamedBean {

	OnGreenScheduler() {
		super(SchedulerBeans.SCHEDULER, GreenScheduler.class);
	}

}
