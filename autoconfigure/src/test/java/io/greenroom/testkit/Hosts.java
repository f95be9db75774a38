package io.greenroom.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hosts on this machine with a network of their own, each way of which can be cut:
 * network namespaces around a bridge that is in a namespace, too. The network of the
 * machine is left as it is, and can't be reached from them. Needs Linux, the command
 * {@code ip} and the rights of root. Namespaces of tests that have died are deleted by
 * the next ones.
 */
public final class Hosts implements AutoCloseable {

	private static final String PREFIX = "greenroom-";

	private static final Pattern OURS = Pattern.compile("(" + PREFIX + "(\\d+)-\\S+).*");

	/** An address that no host has: what is sent there is lost without a word. */
	private static final String NOBODY = "02:00:00:00:00:fe";

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private final String name = PREFIX + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();

	private final List<String> namespaces = new ArrayList<>();

	private final Thread atExit = new Thread(this::delete);

	/** Makes so many hosts, which reach each other. */
	public Hosts(int number) {
		Runtime.getRuntime().addShutdownHook(this.atExit);
		try {
			String hub = add("hub");
			ip("-n", hub, "link", "add", "bridge", "type", "bridge");
			ip("-n", hub, "link", "set", "bridge", "up");
			for (int i = 0; i < number; i++) {
				String host = add(String.valueOf(i));
				ip("-n", hub, "link", "add", "to" + i, "type", "veth", "peer", "name", "eth0", "netns", host);
				ip("-n", hub, "link", "set", "to" + i, "master", "bridge");
				ip("-n", hub, "link", "set", "to" + i, "up");
				ip("-n", host, "address", "add", address(i) + "/24", "dev", "eth0");
				ip("-n", host, "link", "set", "eth0", "up");
				ip("-n", host, "link", "set", "lo", "up");
			}
		}
		catch (IllegalStateException failure) {
			close();
			throw failure;
		}
	}

	/** Returns why there can be no such hosts here. */
	public static Optional<String> missing() {
		try {
			deleteLeft();
			try (Hosts pair = new Hosts(2)) {
				run(List.of(pair.launcher(0).getFirst(), "-n", pair.host(0), "link", "show", "eth0"));
			}
			return Optional.empty();
		}
		catch (IllegalStateException failure) {
			return Optional.of("Network namespaces can't be made here: " + failure.getMessage());
		}
	}

	/** Deletes what is left of tests that were killed. */
	private static void deleteLeft() {
		for (String line : run(List.of("ip", "netns", "list")).lines().toList()) {
			Matcher ours = OURS.matcher(line);
			if (ours.matches() && ProcessHandle.of(Long.parseLong(ours.group(2))).isEmpty()) {
				ip("netns", "delete", ours.group(1));
			}
		}
	}

	private String add(String host) {
		String namespace = this.name + "-" + host;
		ip("netns", "add", namespace);
		this.namespaces.add(namespace);
		return namespace;
	}

	private String host(int i) {
		return this.name + "-" + i;
	}

	/** Returns the address of a host. */
	public String address(int i) {
		return "10.0.0." + (i + 1);
	}

	/** Returns what a command begins with that is to run on a host. */
	public List<String> launcher(int i) {
		return List.of("ip", "netns", "exec", host(i));
	}

	/** Loses all that a host sends to another from now on. What comes back arrives. */
	public void silence(int from, int to) {
		ip("-n", host(from), "neighbour", "replace", address(to), "lladdr", NOBODY, "dev", "eth0", "nud", "permanent");
	}

	/** Ends a {@linkplain #silence silence}. */
	public void hear(int from, int to) {
		ip("-n", host(from), "neighbour", "delete", address(to), "dev", "eth0");
	}

	/** Loses all that two hosts send to each other. */
	public void cut(int one, int other) {
		silence(one, other);
		silence(other, one);
	}

	/** Ends a {@linkplain #cut cut}. */
	public void heal(int one, int other) {
		hear(one, other);
		hear(other, one);
	}

	private static String ip(String... arguments) {
		List<String> command = new ArrayList<>(List.of("ip"));
		command.addAll(List.of(arguments));
		return run(command);
	}

	private static String run(List<String> command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			if (process.waitFor() != 0) {
				throw new IllegalStateException(String.join(" ", command) + ": " + output);
			}
			return output;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex.getMessage(), new UncheckedIOException(ex));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private synchronized void delete() {
		List<String> mine = List.copyOf(this.namespaces);
		this.namespaces.clear();
		mine.forEach((namespace) -> ip("netns", "delete", namespace));
	}

	/** Deletes them; what runs there must have ended. */
	@Override
	public void close() {
		delete();
		Runtime.getRuntime().removeShutdownHook(this.atExit);
	}

}
