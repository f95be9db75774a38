package io.greenroom.sample;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The programme of the house, and the duration of reports.
 *
 * @param shows the shows to announce at the start, by the name used in addresses
 * @param reportTime the duration of one report
 * @param patience how long a customer of the page's overload waits for a report
 * @param lookAgain the interval at which an open page is updated without an event
 * @param node the name of this node, if it is one of several
 */
@ConfigurationProperties("box-office")
record BoxOfficeProperties(@DefaultValue Map<String, Programme> shows, @DefaultValue("500ms") Duration reportTime,
		@DefaultValue("2s") Duration patience, @DefaultValue("15s") Duration lookAgain, @DefaultValue("") String node) {

	/** Returns the title of a show. */
	String title(String show) {
		return Objects.requireNonNull(this.shows.get(show), show).title();
	}

	/**
	 * One show of the programme.
	 *
	 * @param title the title on the page
	 * @param openAtOnce whether its seats are on sale as soon as it is announced
	 */
	record Programme(String title, @DefaultValue("false") boolean openAtOnce) {
	}

}
