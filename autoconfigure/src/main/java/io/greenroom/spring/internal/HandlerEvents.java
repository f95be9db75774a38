package io.greenroom.spring.internal;

import io.greenroom.observe.CallMode;
import io.greenroom.observe.CallOutcome;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.observe.ProblemReport;
import io.greenroom.spring.OnewayFailedEvent;
import io.greenroom.spring.ProblemReportedEvent;

import org.springframework.context.ApplicationEventPublisher;

/** Publishes problems, and events about handlers that would otherwise go unnoticed. */
public final class HandlerEvents implements Observer {

	private final ApplicationEventPublisher publisher;

	/**
	 * Creates an observer that publishes events.
	 * @param publisher publishes them
	 */
	public HandlerEvents(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public HandlerListener handler(String handler, HandlerGauges gauges) {
		return new HandlerListener() {

			// Nothing is to be made of each call.
			@Override
			public void endedNanos(String method, CallMode mode, CallOutcome outcome, long waited, long ran) {
			}

			@Override
			public void onewayFailed(String method, Throwable failure) {
				HandlerEvents.this.publisher.publishEvent(new OnewayFailedEvent(handler, method, failure));
			}

		};
	}

	@Override
	public void reported(ProblemReport report) {
		this.publisher.publishEvent(new ProblemReportedEvent(report));
	}

}
