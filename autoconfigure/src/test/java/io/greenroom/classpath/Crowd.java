package io.greenroom.classpath;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;

/** A hundred thousand handlers, all called and all kept. */
public final class Crowd {

	private static final int HANDLERS = 100_000;

	private Crowd() {
	}

	/** Says how many there are, and leaves without shutting them down one by one. */
	public static void main(String[] args) throws Exception {
		Thread.ofVirtual().start(Crowd::greetAll).join();
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	private static void greetAll() {
		GreenScheduler scheduler = GreenScheduler.builder().build();
		List<Deferred<Member>> members = new ArrayList<>(HANDLERS);
		for (int i = 0; i < HANDLERS; i++) {
			Deferred<Member> member = Deferred.of(scheduler, new Member());
			member.sync().greet();
			members.add(member);
		}
		int greeted = 0;
		for (Deferred<Member> member : members) {
			greeted += (member.sync().greet() == 2) ? 1 : 0;
		}
		System.out.println(ForkedJvm.ANSWER + greeted);
	}

	/** Counts. */
	static class Member {

		private int count;

		int greet() {
			return ++this.count;
		}

	}

}
