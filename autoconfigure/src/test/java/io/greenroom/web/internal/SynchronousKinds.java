package io.greenroom.web.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Map;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.validation.Validator;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.SessionAttribute;
import org.springframework.web.context.request.RequestContextHolder;

/** Controllers whose answers are there when they have returned. */
@RestController
class SynchronousKinds extends BadArguments {

	private final ReturnKindsApp.Note note;

	SynchronousKinds(ReturnKindsApp.Note note) {
		this.note = note;
	}

	@GetMapping("/body")
	String body() {
		return "body";
	}

	@GetMapping("/json")
	ReturnKindsApp.Person json() {
		return new ReturnKindsApp.Person("Ada", 36);
	}

	@GetMapping("/entity")
	ResponseEntity<ReturnKindsApp.Person> entity() {
		return ResponseEntity.status(HttpStatus.ACCEPTED)
			.header("X-Own", "yes")
			.body(new ReturnKindsApp.Person("Ada", 36));
	}

	@GetMapping("/empty-entity")
	ResponseEntity<Void> emptyEntity() {
		return ResponseEntity.noContent().build();
	}

	@GetMapping("/not-modified")
	ResponseEntity<String> notModified() {
		return ResponseEntity.ok().eTag("\"1\"").body("tagged");
	}

	@GetMapping("/null")
	@Nullable String nothing() {
		return null;
	}

	@GetMapping("/created")
	@ResponseStatus(HttpStatus.CREATED)
	String created() {
		return "made";
	}

	@GetMapping("/void")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void nothingAtAll() {
	}

	@GetMapping("/void-written")
	void written(HttpServletResponse response) throws IOException {
		response.setContentType("text/plain");
		response.getWriter().print("by hand");
	}

	@GetMapping("/handled-exception")
	String handled() {
		throw new IllegalArgumentException("in body");
	}

	@GetMapping("/advised-exception")
	String advised() {
		throw new UnsupportedOperationException("in body");
	}

	@GetMapping("/status-exception")
	String status() {
		throw new org.springframework.web.server.ResponseStatusException(HttpStatus.CONFLICT, "taken");
	}

	@GetMapping("/unhandled")
	String unhandled() throws Exception {
		throw new IOException("nobody handles this");
	}

	@GetMapping("/error-thrown")
	String errorThrown() {
		throw new AssertionError("an error");
	}

	@GetMapping("/reason")
	@ResponseStatus(code = HttpStatus.GONE, reason = "was here")
	String reason() {
		return "not seen";
	}

	@GetMapping("/sends-error")
	void sendsError(HttpServletResponse response) throws IOException {
		response.sendError(418, "teapot");
	}

	@GetMapping("/sends-redirect")
	void sendsRedirect(HttpServletResponse response) throws IOException {
		response.sendRedirect("/body");
	}

	@GetMapping("/headers")
	String headers(HttpServletResponse response) {
		response.addHeader("X-Own", "one");
		response.addHeader("Cache-Control", "max-age=5");
		return "with headers";
	}

	@GetMapping("/problem")
	ProblemDetail problem() {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "taken");
	}

	@GetMapping("/error-response")
	ErrorResponse errorResponse() {
		return ErrorResponse.builder(new IllegalStateException(), HttpStatus.LOCKED, "locked")
			.header("X-Own", "yes")
			.build();
	}

	@GetMapping("/bytes")
	byte[] bytes() {
		return new byte[] { 65, 66, 67 };
	}

	@GetMapping("/resource")
	Resource resource() {
		return new ByteArrayResource("resource".getBytes(StandardCharsets.UTF_8));
	}

	@GetMapping("/options")
	Map<String, Object> options() {
		return Map.of("only", "one");
	}

	@GetMapping("/principal")
	String principal(Principal principal, HttpServletRequest request) {
		return principal.getName() + " " + request.isUserInRole("singer");
	}

	@GetMapping("/session")
	String session(HttpSession session) {
		session.setAttribute("seen", "before");
		return "session";
	}

	@GetMapping("/session-again")
	String sessionAgain(@SessionAttribute String seen) {
		return seen;
	}

	@GetMapping("/cookie")
	String cookie(HttpServletResponse response) {
		response.addCookie(new Cookie("flavour", "oat"));
		return "cookie";
	}

	@GetMapping("/download")
	ResponseEntity<Resource> download() {
		return ResponseEntity.ok()
			.header("Content-Disposition", "attachment; filename=a.txt")
			.lastModified(1_700_000_000_000L)
			.body(new ByteArrayResource("resource".getBytes(StandardCharsets.UTF_8)));
	}

	@GetMapping("/commits")
	void commits(HttpServletResponse response) throws IOException {
		response.setContentType("text/plain");
		response.getWriter().print("first ");
		response.flushBuffer();
		response.getWriter().print("second");
	}

	@GetMapping("/long-body")
	String longBody() {
		return "0123456789".repeat(2_000);
	}

	@GetMapping("/http-headers")
	HttpHeaders httpHeaders() {
		HttpHeaders headers = new HttpHeaders();
		headers.add("X-Own", "only");
		return headers;
	}

	@GetMapping("/map")
	Map<String, Integer> map() {
		return Map.of("one", 1);
	}

	@CrossOrigin("http://elsewhere.example")
	@GetMapping("/cors")
	String cors() {
		return "shared";
	}

	@PostMapping("/json-in")
	ReturnKindsApp.Person jsonIn(@RequestBody ReturnKindsApp.Person person) {
		return person;
	}

	@InitBinder("person")
	void names(WebDataBinder binder) {
		binder.addValidators(Validator.forInstanceOf(ReturnKindsApp.Person.class, (person, errors) -> {
			if (person.name() == null || person.name().isEmpty()) {
				errors.rejectValue("name", "empty", "must not be empty");
			}
		}));
	}

	@GetMapping("/missing-param")
	String missing(@RequestParam String must) {
		return must;
	}

	@GetMapping("/mdc")
	String mdc() {
		return MDC.get("who");
	}

	@GetMapping("/locale")
	String locale(java.util.Locale locale) {
		return locale + " " + LocaleContextHolder.getLocale();
	}

	@GetMapping("/holder")
	String holder() {
		return String.valueOf(RequestContextHolder.getRequestAttributes() != null);
	}

	@GetMapping("/request-scope")
	String requestScope() {
		return this.note.take("used") + " " + this.note.take("again");
	}

	@GetMapping("/same-thread")
	String sameThread(HttpServletRequest request) {
		return (Thread.currentThread() == request.getAttribute("filter thread")) + " "
				+ Thread.currentThread().isVirtual();
	}

	@PostMapping("/echo")
	String echo(@RequestBody String body) {
		return body;
	}

	@PostMapping("/form")
	ReturnKindsApp.Person form(@Validated @ModelAttribute ReturnKindsApp.Person person) {
		return person;
	}

	@PostMapping("/upload")
	String upload(@RequestParam org.springframework.web.multipart.MultipartFile file) throws IOException {
		return file.getOriginalFilename() + " " + new String(file.getBytes(), StandardCharsets.UTF_8);
	}

}
