package io.greenroom.sample.agency;

import java.util.List;
import java.util.Objects;

import io.greenroom.web.RunInPool;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.server.ResponseStatusException;

/**
 * A ticket agency, which knows only the address of the box office. It sends HTTP requests
 * and waits for each answer. The box office answers from the pool "default". If the
 * agency ran in the same pool, a hundred of its requests could wait there for slots that
 * they hold themselves.
 */
@RestController
@RunInPool("agency")
class Agency {

	private final RestClient boxOffice;

	private final Environment environment;

	Agency(RestClient boxOffice, Environment environment) {
		this.boxOffice = boxOffice;
		this.environment = environment;
	}

	/** Buys the first seat that is not sold to somebody else in the meantime. */
	@PostMapping("/agency/{show}/tickets")
	Voucher buy(@PathVariable String show, @RequestParam String buyer) {
		try {
			for (String seat : seatsOnSale(show)) {
				Voucher voucher = reserve(show, seat, buyer);
				if (voucher != null) {
					return voucher;
				}
			}
			throw new ResponseStatusException(HttpStatus.CONFLICT,
					"The agency asked for every seat of '%s' that is on sale and got none. Try another show."
						.formatted(show));
		}
		catch (RestClientResponseException rejected) {
			throw passedOn(rejected);
		}
		catch (ResourceAccessException silence) {
			throw new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT,
					"The box office does not answer the agency. Try again, or go there.", silence);
		}
	}

	private List<String> seatsOnSale(String show) {
		Listing listing = this.boxOffice.get()
			.uri("http://127.0.0.1:{port}/shows/{show}", port(), show)
			.retrieve()
			.body(Listing.class);
		return Objects.requireNonNull(listing).onSale();
	}

	/** Returns {@code null} if another buyer was faster. */
	private @Nullable Voucher reserve(String show, String seat, String buyer) {
		try {
			return this.boxOffice.post()
				.uri("http://127.0.0.1:{port}/shows/{show}/seats/{seat}?buyer={buyer}", port(), show, seat, buyer)
				.retrieve()
				.body(Voucher.class);
		}
		catch (HttpClientErrorException.Conflict taken) {
			return null;
		}
	}

	/** Known after the server has started; it is the port of this server. */
	private String port() {
		return this.environment.getRequiredProperty("local.server.port");
	}

	private static ErrorResponseException passedOn(RestClientResponseException rejected) {
		ProblemDetail problem = rejected.getResponseBodyAs(ProblemDetail.class);
		return new ErrorResponseException(rejected.getStatusCode(),
				(problem != null) ? problem : ProblemDetail.forStatus(rejected.getStatusCode()), rejected);
	}

	/**
	 * The part of a show that the agency reads.
	 *
	 * @param state the current state of its performance
	 * @param seats its seats
	 */
	record Listing(String state, List<Seat> seats) {

		List<String> onSale() {
			return this.state.equals("onSale")
					? this.seats.stream().filter((seat) -> seat.buyer() == null).map(Seat::seat).toList() : List.of();
		}

		record Seat(String seat, @Nullable String buyer) {
		}

	}

	/**
	 * A voucher for one seat.
	 *
	 * @param show the show
	 * @param seat row and number
	 * @param buyer the holder of the seat
	 */
	record Voucher(String show, String seat, String buyer) {
	}

}
