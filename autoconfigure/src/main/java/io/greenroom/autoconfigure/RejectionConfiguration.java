package io.greenroom.autoconfigure;

import java.util.List;

import io.greenroom.web.RejectionAnswers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.accept.ContentNegotiationManager;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/** How clients are told of a rejection by a pool, a handler or a machine: in one way. */
@Configuration(proxyBeanMethods = false)
class RejectionConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RejectionAnswers rejectionAnswers(ObjectProvider<ContentNegotiationManager> negotiation,
			ObjectProvider<RequestMappingHandlerAdapter> adapters, MessageSource messages) {
		return new RejectionAnswers(negotiation::getIfUnique,
				() -> adapters.stream()
					.findFirst()
					.map(RequestMappingHandlerAdapter::getMessageConverters)
					.orElse(List.<HttpMessageConverter<?>>of()),
				messages);
	}

}
