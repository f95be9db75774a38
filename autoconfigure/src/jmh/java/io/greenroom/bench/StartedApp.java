package io.greenroom.bench;

import java.lang.management.ManagementFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** The empty application whose start is measured; it prints what it took. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class StartedApp {

	/** What the line with the figures begins with. */
	static final String STARTED = "STARTED ";

	public static void main(String[] args) {
		long start = System.nanoTime();
		SpringApplication.run(StartedApp.class, args);
		double millis = (System.nanoTime() - start) / 1e6;
		double cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e6;
		int classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
		System.out.println(STARTED + millis + " " + cpu + " " + classes);
	}

}
