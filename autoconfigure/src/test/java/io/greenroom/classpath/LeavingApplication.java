package io.greenroom.classpath;

import java.time.Duration;

import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.ForkedJvm;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** An application whose main method returns while a green thread still works. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class LeavingApplication {

	/** Leaves a song; with an argument, a sleeper too. */
	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(LeavingApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		GreenScheduler scheduler = application.run(args).getBean(GreenScheduler.class);
		scheduler.spawn("song", () -> {
			Thread.sleep(Duration.ofMillis(500));
			System.out.println(ForkedJvm.ANSWER + "sung");
		});
		if (args.length > 0) {
			scheduler.spawn("sleeper", () -> Thread.sleep(Duration.ofSeconds(1000)));
		}
	}

}
