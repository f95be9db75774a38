package io.greenroom.sample;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.greenroom.sample.Customer.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A call of curl as a document shows it. Knows as much of curl as the documents use.
 *
 * @param method the HTTP method
 * @param path the path and query
 * @param form the form that is sent; empty if there is none
 */
record Curl(String method, String path, String form) {

	/** Returns the calls in a console, each with the lines that follow it. */
	static List<MatchResult> in(String console) {
		return Pattern.compile("(?m)^\\$ curl (.*)\\n((?:(?!\\$ ).*\\n)*)").matcher(console).results().toList();
	}

	static Curl of(String arguments) {
		Deque<String> words = Pattern.compile("'([^']*)'|(\\S+)")
			.matcher(arguments)
			.results()
			.map((word) -> (word.group(1) != null) ? word.group(1) : word.group(2))
			.collect(Collectors.toCollection(ArrayDeque::new));
		String method = "";
		StringJoiner form = new StringJoiner("&");
		String path = "";
		while (!words.isEmpty()) {
			String word = words.removeFirst();
			switch (word) {
				case "-X" -> method = words.removeFirst();
				case "-d" -> form.add(words.removeFirst());
				case "-N" -> assertThat(method).isEmpty();
				default -> {
					assertThat(word).startsWith("localhost:8080/");
					path = word.substring("localhost:8080".length());
				}
			}
		}
		return new Curl(method.isEmpty() ? "GET" : method, path, form.toString());
	}

	Answer ask(Customer customer) throws IOException, InterruptedException {
		return switch (this.method) {
			case "GET" -> customer.get(this.path);
			case "DELETE" -> customer.delete(this.path);
			case "POST" -> this.form.isEmpty() ? customer.post(this.path) : customer.postForm(this.path, this.form);
			default -> throw new IllegalArgumentException("The test does not know curl -X " + this.method);
		};
	}

}
