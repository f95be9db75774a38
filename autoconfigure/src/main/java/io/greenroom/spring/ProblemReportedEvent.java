package io.greenroom.spring;

import java.io.Serial;
import java.util.Objects;

import io.greenroom.observe.ProblemReport;

import org.springframework.context.ApplicationEvent;

/**
 * Something is wrong and goes on: a handler is busy or its calls wait for too long, or
 * carriers are held. Published once until it is over, on the thread that has noticed it,
 * so a listener that takes long delays other reports. The report has been logged already.
 */
public final class ProblemReportedEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient ProblemReport report;

	/**
	 * Makes an event; public for tests of listeners.
	 * @param report what is wrong
	 */
	public ProblemReportedEvent(ProblemReport report) {
		super(Objects.requireNonNull(report, "report").kind());
		this.report = report;
	}

	/**
	 * Returns what is wrong.
	 * @return the report
	 */
	public ProblemReport report() {
		return this.report;
	}

	@Override
	public String toString() {
		return "ProblemReportedEvent[" + this.report.message() + "]";
	}

}
