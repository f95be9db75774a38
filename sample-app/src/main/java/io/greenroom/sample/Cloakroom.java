package io.greenroom.sample;

import java.util.HashMap;
import java.util.Map;

import io.greenroom.deferred.DeferredHandler;

import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@Service
@DeferredHandler // its methods run one at a time, however many threads call
class Cloakroom {

	private final Map<Integer, String> coats = new HashMap<>(); // no lock

	private int tickets; // no atomic

	Ticket handIn(String coat) {
		this.tickets++;
		this.coats.put(this.tickets, coat);
		return new Ticket(this.tickets, coat);
	}

	record Ticket(int number, String coat) {
	}

}

@RestController
class CloakroomController {

	private final Cloakroom cloakroom;

	CloakroomController(Cloakroom cloakroom) {
		this.cloakroom = cloakroom;
	}

	@PostMapping("/coats")
	Cloakroom.Ticket handIn(@RequestParam String coat) {
		return this.cloakroom.handIn(coat); // an ordinary call, which waits for its turn
	}

}
