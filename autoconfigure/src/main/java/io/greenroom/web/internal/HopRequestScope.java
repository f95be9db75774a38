package io.greenroom.web.internal;

import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.RequestScope;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The request scope of an application whose controllers hop. Its beans live as long as
 * the request. The beans of Spring's scope end with the dispatch in which they were
 * created, which is before the controller has run.
 */
public final class HopRequestScope extends RequestScope {

	/** Creates the scope. */
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
