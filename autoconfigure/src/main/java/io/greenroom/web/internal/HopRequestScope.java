package io.greenroom.web.internal;

import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.RequestScope;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The request scope of an application whose controllers hop: its beans last as long as
 * the request. Spring's end with the dispatch in which they were made, before the
 * controller has run.
 */
public final class HopRequestScope extends RequestScope {

	/** Makes the scope. */
	public HopRequestScope() {
	}

	@Override
	public void registerDestructionCallback(String name, Runnable callback) {
		if (RequestContextHolder.currentRequestAttributes() instanceof ServletRequestAttributes attributes) {
			super.registerDestructionCallback(name, () -> {
				Flight flight = Flight.inTheAir(attributes.getRequest());
				if (flight == null || !flight.keep(name, callback)) {
					callback.run();
				}
			});
		}
		else {
			super.registerDestructionCallback(name, callback);
		}
	}

}
