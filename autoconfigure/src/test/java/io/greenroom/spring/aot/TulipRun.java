package io.greenroom.spring.aot;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** Starts the application from its generated code, in the class loader that holds it. */
public class TulipRun implements Callable<List<String>> {

	@Override
	@SuppressWarnings("unchecked")
	public List<String> call() throws Exception {
		Class<?> initializer = Class.forName("io.greenroom.spring.aot.Tulips__ApplicationContextInitializer");
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.setClassLoader(getClass().getClassLoader());
			((ApplicationContextInitializer<GenericApplicationContext>) initializer.getDeclaredConstructor()
				.newInstance()).initialize(context);
			context.refresh();
			Tulip tulip = context.getBean(Tulip.class);
			tulip.sprouting();
			StateMachine machine = context.getBean(StateMachines.class).of(tulip);
			machine.awaitState("growing", Duration.ofSeconds(20));
			machine.awaitRest(Duration.ofSeconds(20));
			return List.of(tulip.getClass().getSimpleName(), String.valueOf(machine.current()),
					String.join(",", tulip.log));
		}
	}

}
