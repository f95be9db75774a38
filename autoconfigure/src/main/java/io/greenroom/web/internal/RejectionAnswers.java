package io.greenroom.web.internal;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.MessageSource;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;

/**
 * Answers a rejected request in the format that the client asks for: a problem detail as
 * JSON or XML, plain text or, for HTML, the application's own error page. The text is
 * looked up in the application's messages, as Spring MVC does for its own exceptions:
 * {@code problemDetail.title.} and {@code problemDetail.} before the exception's full
 * name.
 * <p>
 * Safe for use by many threads.
 */
final class RejectionAnswers {

	private final ContentNegotiationStrategy negotiation;

	private final List<HttpMessageConverter<?>> converters;

	private final MessageSource messages;

	RejectionAnswers(ContentNegotiationStrategy negotiation, List<HttpMessageConverter<?>> converters,
			MessageSource messages) {
		this.negotiation = negotiation;
		this.converters = converters;
		this.messages = messages;
	}

	/**
	 * Answers a request.
	 * @param rejection the content of the answer
	 * @param request the rejected request
	 * @return the answer to write, or {@code null} if the error page is the answer
	 * @throws IOException if the response cannot be written to
	 */
	@Nullable ResponseEntity<Object> answer(ErrorResponse rejection, NativeWebRequest request) throws IOException {
		ProblemDetail problem = rejection.updateAndGetBody(this.messages, locale());
		HttpStatusCode status = rejection.getStatusCode();
		for (MediaType accepted : accepted(request)) {
			if (MediaType.APPLICATION_PROBLEM_JSON.isCompatibleWith(accepted) || isOf(accepted, "json")) {
				break;
			}
			if (MediaType.TEXT_HTML.equalsTypeAndSubtype(accepted)
					|| MediaType.APPLICATION_XHTML_XML.equalsTypeAndSubtype(accepted)) {
				HttpServletResponse response = request.getNativeResponse(HttpServletResponse.class);
				if (response != null) {
					rejection.getHeaders()
						.forEach((name, values) -> values.forEach((value) -> response.addHeader(name, value)));
					response.sendError(status.value(), problem.getDetail());
					return null;
				}
			}
			if (isOf(accepted, "xml") && writesXml()) {
				return entity(rejection).contentType(MediaType.APPLICATION_PROBLEM_XML).body(problem);
			}
			if (accepted.includes(MediaType.TEXT_PLAIN)) {
				return entity(rejection).contentType(MediaType.TEXT_PLAIN).body(problem.getDetail());
			}
		}
		return entity(rejection).contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
	}

	private static ResponseEntity.BodyBuilder entity(ErrorResponse rejection) {
		return ResponseEntity.status(rejection.getStatusCode()).headers(rejection.getHeaders());
	}

	private List<MediaType> accepted(NativeWebRequest request) {
		try {
			return this.negotiation.resolveMediaTypes(request);
		}
		catch (HttpMediaTypeNotAcceptableException unreadable) {
			return List.of();
		}
	}

	private boolean writesXml() {
		return this.converters.stream()
			.anyMatch((converter) -> converter.canWrite(ProblemDetail.class, MediaType.APPLICATION_PROBLEM_XML));
	}

	/**
	 * Whether a type is the format itself, or one like {@code application/problem+json}.
	 */
	private static boolean isOf(MediaType type, String format) {
		return format.equals(type.getSubtype()) || format.equals(type.getSubtypeSuffix());
	}

	private static Locale locale() {
		return LocaleContextHolder.getLocale();
	}

}
