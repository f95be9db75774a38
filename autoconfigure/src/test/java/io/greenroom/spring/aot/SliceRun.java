package io.greenroom.spring.aot;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

import io.greenroom.deferred.Deferred;
import io.greenroom.state.StateMachines;
import io.greenroom.web.RunInPool;
import io.greenroom.web.internal.ControllerPools;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.SpringProperties;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** Starts the slice from its generated code, in the class loader that holds it. */
public class SliceRun implements Callable<List<Object>> {

	@Override
	public List<Object> call() throws Exception {
		SpringProperties.setFlag("spring.aot.enabled");
		TestContextManager manager = new TestContextManager(Slice.class);
		// Closed while its class loader is open: at the exit it would be too late.
		try (var context = (ConfigurableApplicationContext) manager.getTestContext().getApplicationContext()) {
			return look(context);
		}
	}

	private static List<Object> look(ApplicationContext context) throws Exception {
		String body = context.getBean(MockMvcTester.class)
			.get()
			.uri("/served")
			.exchange()
			.getResponse()
			.getContentAsString();
		Object lamp = context.getBean(Slice.Lamp.class);
		boolean handle = context.getBeanProvider(ResolvableType.forClassWithGenerics(Deferred.class, Slice.Clerk.class))
			.iterator()
			.hasNext();
		return List.of(body, handle, String.valueOf(context.getBean(StateMachines.class).of(lamp).current()),
				Objects.requireNonNull(context.getBean(ControllerPools.class).find(RunInPool.DEFAULT)).pool().size());
	}

}
