package io.greenroom.sample.guestbook;

import java.util.List;

import io.greenroom.web.RunInPool;

import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The guest book, in a database with four connections. Its pool has four slots, so guests
 * wait in line here, in order and visible in a meter, and never for a connection.
 */
@RestController
@RunInPool("guest-book")
class GuestBook {

	private static final int NAME_LENGTH = 40;

	private static final int TEXT_LENGTH = 200;

	private final JdbcClient database;

	GuestBook(JdbcClient database) {
		this.database = database;
	}

	@PostMapping("/guest-book")
	@ResponseStatus(HttpStatus.CREATED)
	Entry sign(@RequestParam String guest, @RequestParam String text) {
		require("guest", guest, NAME_LENGTH);
		require("text", text, TEXT_LENGTH);
		this.database.sql("insert into guest_book (guest, text) values (:guest, :text)")
			.param("guest", guest)
			.param("text", text)
			.update();
		return new Entry(guest, text);
	}

	@GetMapping("/guest-book")
	List<Entry> last() {
		return this.database.sql("select guest, text from guest_book order by id desc fetch first 20 rows only")
			.query((row, _) -> new Entry(row.getString("guest"), row.getString("text")))
			.list();
	}

	private static void require(String parameter, String value, int most) {
		if (value.isBlank() || value.length() > most) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"The parameter '%s' has %s characters; give 1 to %s.".formatted(parameter, value.strip().length(),
							most));
		}
	}

	/**
	 * One entry.
	 *
	 * @param guest the author
	 * @param text the text
	 */
	record Entry(String guest, String text) {
	}

}
