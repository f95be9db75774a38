package io.greenroom.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import io.greenroom.actuate.internal.GreenroomEndpoint;
import io.greenroom.console.internal.ConsoleLink;
import io.greenroom.console.internal.ConsoleMapping;
import io.greenroom.console.internal.ConsoleRequestHandler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The console, in the context that serves the endpoints: with
 * {@code management.server.port} set it is there and not at the application's port. Below
 * the path of the endpoint {@code greenroom}, so that whatever secures the endpoint
 * secures the console, and only where that is exposed over HTTP.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@Conditional(OnConsole.class)
@ConditionalOnAvailableEndpoint(endpoint = GreenroomEndpoint.class, exposure = EndpointExposure.WEB)
@EnableConfigurationProperties(ConsoleProperties.class)
final class GreenroomConsoleManagementConfiguration {

	private static final EndpointId ENDPOINT = EndpointId.of("greenroom");

	@Bean
	ConsoleRequestHandler greenroomConsole(ConsoleProperties properties, ObjectProvider<GreenroomEndpoint> endpoint,
			ObjectProvider<EndpointAccessResolver> access, PathMappedEndpoints paths) {
		return new ConsoleRequestHandler(endpoint::getObject, () -> isWritable(access),
				paths.getPath(ENDPOINT) + "/console", properties.interval());
	}

	private static boolean isWritable(ObjectProvider<EndpointAccessResolver> access) {
		return access.stream()
			.anyMatch((resolver) -> resolver.accessFor(ENDPOINT, Access.READ_ONLY) == Access.UNRESTRICTED);
	}

	@Bean
	ConsoleMapping greenroomConsoleMapping(ConsoleRequestHandler console, PathMappedEndpoints paths) {
		Map<String, Object> handlers = new HashMap<>();
		console.paths().forEach((path) -> handlers.put(path, console));
		if (!paths.getAllPaths().contains(ConsoleLink.PATH)) {
			handlers.put(ConsoleLink.PATH, new ConsoleLink(console.paths().getFirst()));
		}
		return new ConsoleMapping(handlers);
	}

	/** Before the server waits for its requests to end. */
	@Bean
	ApplicationListener<ContextClosedEvent> greenroomConsoleEnd(ConsoleRequestHandler console) {
		return (_) -> console.close();
	}

}
