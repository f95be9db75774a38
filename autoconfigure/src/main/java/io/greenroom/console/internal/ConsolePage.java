package io.greenroom.console.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page, which is the same for all viewers: one file with its style and its script.
 * Its policy permits the browser to apply only these two, which are identified by their
 * hashes, and to connect only to the page's own origin.
 *
 * @param html the page
 * @param policy the value of the header {@code Content-Security-Policy}
 */
record ConsolePage(String html, String policy) {

	private static final String RESOURCE = "console.html";

	static ConsolePage load() {
		try (InputStream in = ConsolePage.class.getResourceAsStream(RESOURCE)) {
			if (in == null) {
				throw new IllegalStateException(
						"The resource " + RESOURCE + " of the console is not on the class path");
			}
			return of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static ConsolePage of(String html) {
		return new ConsolePage(html,
				"default-src 'none'; script-src '%s'; style-src '%s'; connect-src 'self'; img-src data:; base-uri 'none'; "
					.formatted(hash(html, "script"), hash(html, "style"))
						+ "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'");
	}

	private static String hash(String html, String element) {
		Matcher found = Pattern.compile("<%s>(.*?)</%s>".formatted(element, element), Pattern.DOTALL).matcher(html);
		if (!found.find()) {
			throw new IllegalStateException("The page of the console has no " + element);
		}
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(found.group(1).getBytes(StandardCharsets.UTF_8));
			return "sha256-" + Base64.getEncoder().encodeToString(hash);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
