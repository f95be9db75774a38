package io.greenroom.web.internal;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;

/** What controllers answer to an {@code IllegalArgumentException}. */
abstract class BadArguments {

	@ExceptionHandler
	ResponseEntity<String> bad(IllegalArgumentException ex) {
		return ResponseEntity.badRequest().body("bad: " + ex.getMessage());
	}

}
