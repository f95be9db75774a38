package io.greenroom.web.internal;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

import io.greenroom.observe.internal.Failures;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.context.MessageSource;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.ServletInvocableHandlerMethod;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Answers a request that failed with one of Greenroom's exceptions, unless the
 * application does so. The application's answer comes from the controller's own
 * {@code @ExceptionHandler}, an advice with a negative order, an advice of any order for
 * that exception or one that wraps it, or the status that a wrapping exception names. An
 * advice for exceptions in general comes after this resolver.
 * <p>
 * This is not an advice, because Spring consults an advice about every failure, which
 * would change the answer to exceptions of functional routes and resources. All other
 * failures are left alone, and so is every failure after the answer has begun. The answer
 * is written by the application's own resolver of {@code @ExceptionHandler} methods.
 * Without such a resolver, nothing is answered.
 * <p>
 * Safe for use by many threads.
 */
public final class RejectionResolver implements HandlerExceptionResolver, Ordered {

	private static final Logger log = LoggerFactory.getLogger(RejectionResolver.class);

	private final Supplier<List<HandlerExceptionResolver>> all;

	private final MessageSource messages;

	private final Function<Throwable, @Nullable ErrorResponse> rejections;

	private volatile @Nullable Answering answering;

	/**
	 * Creates the resolver.
	 * @param all provides all resolvers of the application when they are needed
	 * @param messages the messages for the text of an answer
	 * @param rejections the answer to an exception, regardless of its causes, or
	 * {@code null} if it is not one of Greenroom's
	 */
	public RejectionResolver(Supplier<List<HandlerExceptionResolver>> all, MessageSource messages,
			Function<Throwable, @Nullable ErrorResponse> rejections) {
		this.all = all;
		this.messages = messages;
		this.rejections = rejections;
	}

	/** Before Spring's own, which leave nothing to others if there is a catch-all. */
	@Override
	public int getOrder() {
		return -1;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception failure) {
		if (response.isCommitted()) {
			return null; // it ends like any other failure
		}
		List<Throwable> causes = Failures.causes(failure);
		for (Throwable cause : causes) {
			ErrorResponse rejection = this.rejections.apply(cause);
			if (rejection != null) {
				return resolve(rejection, cause, causes, new ServletWebRequest(request, response),
						(handler instanceof HandlerMethod method) ? method : null);
			}
			if (cause instanceof ErrorResponse
					|| AnnotatedElementUtils.hasAnnotation(cause.getClass(), ResponseStatus.class)) {
				return null;
			}
		}
		return null;
	}

	private @Nullable ModelAndView resolve(ErrorResponse rejection, Throwable cause, List<Throwable> causes,
			ServletWebRequest request, @Nullable HandlerMethod handler) {
		Answering found = answering();
		if (found == null || found.handlers.answers(causes, cause, request, handler)) {
			return null;
		}
		ServletInvocableHandlerMethod answer = new ServletInvocableHandlerMethod(this, Answering.ANSWER);
		answer.setHandlerMethodReturnValueHandlers(Objects.requireNonNull(found.spring.getReturnValueHandlers()));
		try {
			answer.invokeAndHandle(request, new ModelAndViewContainer(), found.answers, rejection, request);
			return new ModelAndView();
		}
		catch (Exception unwritten) {
			if (!DisconnectedClientHelper.isClientDisconnectedException(unwritten)) {
				Failures.log(log, Level.WARN, unwritten, "A rejected request could not be answered");
				return null;
			}
			return new ModelAndView();
		}
	}

	/**
	 * Called like an {@code @ExceptionHandler}, so that its answer is written in the same
	 * way.
	 */
	@Reflective
	@Nullable ResponseEntity<Object> answer(RejectionAnswers answers, ErrorResponse rejection, NativeWebRequest request)
			throws IOException {
		return answers.answer(rejection, request);
	}

	private @Nullable Answering answering() {
		Answering found = this.answering;
		if (found == null) {
			ExceptionHandlerExceptionResolver spring = spring();
			if (spring != null) {
				found = new Answering(spring, new RejectionAnswers(spring.getContentNegotiationManager(),
						spring.getMessageConverters(), this.messages), new ApplicationHandlers(spring));
				this.answering = found;
			}
		}
		return found;
	}

	private @Nullable ExceptionHandlerExceptionResolver spring() {
		for (HandlerExceptionResolver one : this.all.get()) {
			List<HandlerExceptionResolver> members = (one instanceof HandlerExceptionResolverComposite composite)
					? composite.getExceptionResolvers() : List.of(one);
			for (HandlerExceptionResolver member : members) {
				if (member instanceof ExceptionHandlerExceptionResolver spring) {
					return spring;
				}
			}
		}
		return null;
	}

	/** The parts that are created for the first rejection. */
	private record Answering(ExceptionHandlerExceptionResolver spring, RejectionAnswers answers,
			ApplicationHandlers handlers) {

		private static final Method ANSWER = Objects.requireNonNull(ReflectionUtils.findMethod(RejectionResolver.class,
				"answer", RejectionAnswers.class, ErrorResponse.class, NativeWebRequest.class));

	}

}
