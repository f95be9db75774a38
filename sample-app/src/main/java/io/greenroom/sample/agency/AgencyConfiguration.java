package io.greenroom.sample.agency;

import java.net.http.HttpClient;
import java.time.Duration;

import io.greenroom.green.GreenScheduler;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** Creates the agency's HTTP client, whose background work also runs on green threads. */
@Configuration(proxyBeanMethods = false)
class AgencyConfiguration {

	private static final Duration CONNECTING = Duration.ofSeconds(2);

	private static final Duration READING = Duration.ofSeconds(5);

	@Bean(destroyMethod = "shutdownNow")
	HttpClient telephone(GreenScheduler scheduler) {
		return HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(CONNECTING)
			.executor(scheduler.asExecutor())
			.build();
	}

	@Bean
	RestClient agencyClient(HttpClient telephone) {
		JdkClientHttpRequestFactory calls = new JdkClientHttpRequestFactory(telephone);
		calls.setReadTimeout(READING);
		return RestClient.builder().requestFactory(calls).build();
	}

}
