package io.greenroom.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** A small theatre box office: open the page on port 8080 and buy a seat. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class BoxOfficeApplication {

	public static void main(String[] args) {
		SpringApplication.run(BoxOfficeApplication.class, args);
	}

}
