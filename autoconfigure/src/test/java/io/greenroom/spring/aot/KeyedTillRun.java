package io.greenroom.spring.aot;

import java.util.List;
import java.util.concurrent.Callable;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** Starts the stand from its generated code, in the class loader that holds it. */
public class KeyedTillRun implements Callable<List<String>> {

	@Override
	@SuppressWarnings("unchecked")
	public List<String> call() throws Exception {
		Class<?> initializer = Class.forName("io.greenroom.spring.aot.Stand__ApplicationContextInitializer");
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.setClassLoader(getClass().getClassLoader());
			((ApplicationContextInitializer<GenericApplicationContext>) initializer.getDeclaredConstructor()
				.newInstance()).initialize(context);
			context.refresh();
			return context.getBean(KeyedTill.Clerk.class).work();
		}
	}

}
