package io.greenroom.web.internal;

import java.io.IOException;
import java.security.Principal;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.AbstractView;

/** An application with a controller for every kind of answer. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ SynchronousKinds.class, AsynchronousKinds.class, ReturnKindsApp.Pages.class, ReturnKindsApp.Advice.class })
class ReturnKindsApp {

	@Bean
	View hello() {
		AbstractView view = new AbstractView() {

			@Override
			protected void renderMergedOutputModel(Map<String, Object> model, HttpServletRequest request,
					HttpServletResponse response) throws Exception {
				setResponseContentType(request, response);
				response.getWriter().print("hello " + model.get("who") + " " + model.get("common"));
			}

		};
		view.setContentType("text/html;charset=UTF-8");
		return view;
	}

	@Bean
	OncePerRequestFilter context() {
		return new OncePerRequestFilter() {

			@Override
			protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
					jakarta.servlet.FilterChain chain) throws jakarta.servlet.ServletException, IOException {
				MDC.put("who", "from the filter");
				request.setAttribute("filter thread", Thread.currentThread());
				try {
					chain.doFilter(request, response);
				}
				finally {
					MDC.remove("who");
				}
			}

		};
	}

	@Bean
	Steps steps() {
		return new Steps();
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "watched", matchIfMissing = true)
	WebMvcConfigurer interceptors(Steps steps) {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(steps);
			}

		};
	}

	@Bean
	Observed observed() {
		return new Observed();
	}

	@Bean
	FilterRegistrationBean<ServerHttpObservationFilter> observation(Observed observed) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(observed);
		FilterRegistrationBean<ServerHttpObservationFilter> filter = new FilterRegistrationBean<>(
				new ServerHttpObservationFilter(registry));
		filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
		filter.setDispatcherTypes(DispatcherType.ASYNC, DispatcherType.REQUEST);
		return filter;
	}

	/** As security filters do it, in each dispatch. */
	@Bean
	FilterRegistrationBean<Filter> principal(@Value("${watched:true}") boolean watched) {
		FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(
				(request, response, chain) -> chain.doFilter(new KnownUser((HttpServletRequest) request), response));
		filter.setDispatcherTypes(watched ? EnumSet.allOf(DispatcherType.class) : EnumSet.of(DispatcherType.REQUEST));
		return filter;
	}

	@Bean
	@Scope(value = "request", proxyMode = ScopedProxyMode.TARGET_CLASS)
	Note note() {
		return new Note();
	}

	static class KnownUser extends HttpServletRequestWrapper {

		KnownUser(HttpServletRequest request) {
			super(request);
		}

		@Override
		public Principal getUserPrincipal() {
			return () -> "Ada";
		}

		@Override
		public boolean isUserInRole(String role) {
			return role.equals("singer");
		}

	}

	/** What an interceptor is asked, by path. */
	static class Steps implements AsyncHandlerInterceptor {

		private final Map<String, String> steps = new ConcurrentHashMap<>();

		private void add(HttpServletRequest request, String step) {
			this.steps.merge(request.getRequestURI(), step, (before, next) -> before + " " + next);
		}

		String of(String path) {
			return this.steps.getOrDefault(path, "");
		}

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			add(request, "pre");
			response.setHeader("X-Intercepted", "yes");
			return true;
		}

		@Override
		public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
				@Nullable ModelAndView modelAndView) {
			add(request, "post");
		}

		@Override
		public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
				@Nullable Exception failure) {
			add(request, "after");
		}

		@Override
		public void afterConcurrentHandlingStarted(HttpServletRequest request, HttpServletResponse response,
				Object handler) {
			add(request, "concurrent");
		}

	}

	/** What is observed of every request, as for the meter http.server.requests. */
	static class Observed implements ObservationHandler<ServerRequestObservationContext> {

		final List<String> all = new CopyOnWriteArrayList<>();

		@Override
		public void onStop(ServerRequestObservationContext context) {
			this.all.add(context.getLowCardinalityKeyValue("uri").getValue() + " "
					+ context.getLowCardinalityKeyValue("status").getValue() + " "
					+ context.getLowCardinalityKeyValue("exception").getValue());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof ServerRequestObservationContext;
		}

	}

	static class Note {

		private String text = "fresh";

		public String take(String next) {
			String before = this.text;
			this.text = next;
			return before;
		}

	}

	record Person(String name, int age) {

	}

	@Controller
	static class Pages {

		final AtomicInteger commons = new AtomicInteger();

		@GetMapping("/model-attribute-callable")
		Callable<String> modelAttributeCallable(Model model) {
			model.addAttribute("who", "once");
			return () -> "hello";
		}

		@ModelAttribute("common")
		String common() {
			this.commons.incrementAndGet();
			return "to all";
		}

		@GetMapping("/view")
		String view(Model model) {
			model.addAttribute("who", "view");
			return "hello";
		}

		@GetMapping("/model-view")
		ModelAndView modelView() {
			return new ModelAndView("hello", Map.of("who", "mav"), HttpStatus.ACCEPTED);
		}

		@GetMapping("/callable-view")
		Callable<String> callableView(Model model) {
			model.addAttribute("who", "callable");
			return () -> "hello";
		}

		@GetMapping("/forward-view")
		String forwardView() {
			return "forward:/body";
		}

		@GetMapping("/redirect")
		String redirect(RedirectAttributes attributes) {
			attributes.addFlashAttribute("flash", "kept");
			attributes.addAttribute("page", 2);
			return "redirect:/landing";
		}

		@GetMapping("/landing")
		@ResponseBody
		String landing(Model model) {
			return String.valueOf(model.getAttribute("flash"));
		}

	}

	@org.springframework.web.bind.annotation.ControllerAdvice
	static class Advice {

		@ExceptionHandler
		ResponseEntity<String> unsupported(UnsupportedOperationException ex) {
			return ResponseEntity.status(501).body("advised: " + ex.getMessage());
		}

	}

}
