package io.greenroom.web.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Controllers whose answers come later. */
@RestController
class AsynchronousKinds extends BadArguments {

	final List<Thread> threads = new CopyOnWriteArrayList<>();

	@GetMapping("/callable")
	Callable<String> callable() {
		return () -> "called";
	}

	@GetMapping("/callable-fails")
	Callable<String> callableFails() {
		return () -> {
			throw new IllegalArgumentException("in callable");
		};
	}

	@GetMapping("/callable-status")
	Callable<String> callableStatus() {
		return () -> {
			throw new org.springframework.web.server.ResponseStatusException(HttpStatus.CONFLICT, "taken");
		};
	}

	@GetMapping("/task")
	WebAsyncTask<ReturnKindsApp.Person> task() {
		return new WebAsyncTask<>(10_000L, () -> new ReturnKindsApp.Person("Ada", 36));
	}

	@GetMapping("/deferred")
	DeferredResult<String> deferred() {
		DeferredResult<String> result = new DeferredResult<>();
		Thread.ofVirtual().start(() -> result.setResult("later"));
		return result;
	}

	@GetMapping("/future")
	CompletableFuture<ReturnKindsApp.Person> future() {
		return CompletableFuture.supplyAsync(() -> new ReturnKindsApp.Person("Ada", 36));
	}

	@GetMapping("/done-future")
	CompletableFuture<String> doneFuture() {
		return CompletableFuture.completedFuture("at once");
	}

	@GetMapping("/failed-future")
	CompletableFuture<String> failedFuture() {
		return CompletableFuture.failedFuture(new IllegalArgumentException("in future"));
	}

	@GetMapping("/entity-future")
	CompletableFuture<ResponseEntity<String>> entityFuture() {
		return CompletableFuture.completedFuture(ResponseEntity.status(202).body("later"));
	}

	@GetMapping("/sse")
	SseEmitter sse() throws IOException {
		this.threads.add(Thread.currentThread());
		SseEmitter emitter = new SseEmitter();
		emitter.send("early");
		Thread.ofVirtual().start(() -> {
			try {
				emitter.send("late");
				emitter.complete();
			}
			catch (IOException ex) {
				emitter.completeWithError(ex);
			}
		});
		return emitter;
	}

	@GetMapping("/stream")
	StreamingResponseBody stream() {
		return (out) -> out.write("streamed".getBytes(StandardCharsets.UTF_8));
	}

	@GetMapping("/entity-stream")
	ResponseEntity<StreamingResponseBody> entityStream() {
		return ResponseEntity.ok()
			.header("X-Own", "yes")
			.body((out) -> out.write("streamed".getBytes(StandardCharsets.UTF_8)));
	}

	@GetMapping("/emitter")
	ResponseBodyEmitter emitter() throws IOException {
		ResponseBodyEmitter emitter = new ResponseBodyEmitter();
		emitter.send("early ");
		Thread.ofVirtual().start(() -> {
			try {
				emitter.send("late");
				emitter.complete();
			}
			catch (IOException ex) {
				emitter.completeWithError(ex);
			}
		});
		return emitter;
	}

	@GetMapping("/mono")
	Mono<ReturnKindsApp.Person> mono() {
		return Mono.just(new ReturnKindsApp.Person("Ada", 36));
	}

	@GetMapping("/empty-mono")
	Mono<ReturnKindsApp.Person> emptyMono() {
		return Mono.empty();
	}

	@GetMapping("/failed-mono")
	Mono<ReturnKindsApp.Person> failedMono() {
		return Mono.error(new IllegalArgumentException("in mono"));
	}

	@GetMapping("/flux")
	Flux<String> flux() {
		return Flux.just("one", "two");
	}

	@GetMapping("/raw-async")
	void rawAsync(HttpServletRequest request, HttpServletResponse response) {
		AsyncContext async = request.startAsync();
		async.setTimeout(10_000);
		Thread.ofVirtual().start(() -> {
			try {
				async.getResponse().setContentType("text/plain");
				async.getResponse().getWriter().print("raw");
			}
			catch (IOException ex) {
				throw new java.io.UncheckedIOException(ex);
			}
			finally {
				async.complete();
			}
		});
	}

	@GetMapping("/raw-async-completed")
	void rawAsyncCompleted(HttpServletRequest request, HttpServletResponse response) throws IOException {
		AsyncContext async = request.startAsync(request, response);
		async.getResponse().setContentType("text/plain");
		async.getResponse().getWriter().print(request.isAsyncStarted() + " " + async.hasOriginalRequestAndResponse());
		request.getAsyncContext().complete();
	}

	@GetMapping("/raw-async-dispatch")
	void rawAsyncDispatch(HttpServletRequest request, HttpServletResponse response) {
		AsyncContext async = request.startAsync();
		Thread.ofVirtual().start(() -> async.dispatch("/body"));
	}

}
