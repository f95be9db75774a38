package io.greenroom.web;

import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

/** A request in a slot whose body is read under watch. Confined to one thread. */
final class WatchedRequest extends HttpServletRequestWrapper {

	private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE", "OPTIONS", "TRACE");

	private final BodyWatch watch;

	private @Nullable ServletInputStream stream;

	private @Nullable BufferedReader reader;

	/** Whether the parameters were read, and with them the body if it is a form. */
	private boolean parsed;

	WatchedRequest(HttpServletRequest request, BodyWatch watch) {
		super(request);
		this.watch = watch;
	}

	/** A body without a length comes in chunks, or with HTTP/2. */
	static boolean mayHaveBody(HttpServletRequest request) {
		long length = request.getContentLengthLong();
		return length > 0 || (length < 0
				&& (!WITHOUT_BODY.contains(request.getMethod()) || request.getHeader("Transfer-Encoding") != null));
	}

	BodyWatch watch() {
		return this.watch;
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		if (this.stream == null) {
			this.stream = new WatchedStream(super.getInputStream(), this.watch);
		}
		return this.stream;
	}

	@Override
	public BufferedReader getReader() throws IOException {
		if (this.reader == null) {
			this.reader = new BufferedReader(new WatchedReader(super.getReader(), this.watch));
		}
		return this.reader;
	}

	@Override
	public @Nullable String getParameter(String name) {
		parse();
		return super.getParameter(name);
	}

	@Override
	public Map<String, String[]> getParameterMap() {
		parse();
		return super.getParameterMap();
	}

	@Override
	public Enumeration<String> getParameterNames() {
		parse();
		return super.getParameterNames();
	}

	@Override
	public String @Nullable [] getParameterValues(String name) {
		parse();
		return super.getParameterValues(name);
	}

	private void parse() {
		if (!this.parsed) {
			this.watch.<Map<String, String[]>, RuntimeException>read(super::getParameterMap);
			this.parsed = true;
		}
	}

	@Override
	public Collection<Part> getParts() throws IOException, ServletException {
		parseParts();
		return super.getParts();
	}

	@Override
	public @Nullable Part getPart(String name) throws IOException, ServletException {
		parseParts();
		return super.getPart(name);
	}

	private void parseParts() throws IOException, ServletException {
		try {
			this.watch.<Collection<Part>, Exception>read(super::getParts);
		}
		catch (IOException | ServletException | RuntimeException failure) {
			throw failure;
		}
		catch (Exception impossible) {
			throw new IllegalStateException(impossible);
		}
	}

	/** Counts the time of all reads that may block. */
	private static final class WatchedStream extends ServletInputStream {

		private final ServletInputStream stream;

		private final BodyWatch watch;

		WatchedStream(ServletInputStream stream, BodyWatch watch) {
			this.stream = stream;
			this.watch = watch;
		}

		@Override
		public int read() throws IOException {
			return this.watch.<Integer, IOException>read(this.stream::read);
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			return this.watch.<Integer, IOException>read(() -> this.stream.read(bytes, offset, length));
		}

		@Override
		public int available() throws IOException {
			return this.stream.available();
		}

		@Override
		public boolean isFinished() {
			return this.stream.isFinished();
		}

		@Override
		public boolean isReady() {
			return this.stream.isReady();
		}

		@Override
		public void setReadListener(ReadListener listener) {
			this.stream.setReadListener(listener);
		}

		@Override
		public void close() throws IOException {
			this.stream.close();
		}

	}

	private static final class WatchedReader extends FilterReader {

		private final BodyWatch watch;

		WatchedReader(Reader reader, BodyWatch watch) {
			super(reader);
			this.watch = watch;
		}

		@Override
		public int read(char[] chars, int offset, int length) throws IOException {
			return this.watch.<Integer, IOException>read(() -> this.in.read(chars, offset, length));
		}

	}

}
