package io.greenroom.sample;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Announces the programme when calls find their keys, and before the first customer
 * comes: after Greenroom's own start, before that of the web server.
 */
@Component
class Opening implements SmartLifecycle {

	private static final int BEFORE_WEB_SERVER = DEFAULT_PHASE - 3000;

	private final BoxOffice boxOffice;

	/** Set by the one thread that starts and stops the application. */
	private boolean open;

	Opening(BoxOffice boxOffice) {
		this.boxOffice = boxOffice;
	}

	@Override
	public void start() {
		this.boxOffice.announce();
		this.open = true;
	}

	@Override
	public void stop() {
		this.open = false;
	}

	@Override
	public boolean isRunning() {
		return this.open;
	}

	@Override
	public int getPhase() {
		return BEFORE_WEB_SERVER;
	}

}
