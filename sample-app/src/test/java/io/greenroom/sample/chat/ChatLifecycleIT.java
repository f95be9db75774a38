package io.greenroom.sample.chat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

import io.greenroom.sample.Application;
import io.greenroom.sample.Customer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ChatLifecycleIT {

	@Test
	@DisplayName("H12 telnet: a port that is taken is said with what to do, and the house opens without terminals")
	void aTakenPortDoesNotStopTheStart(CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Application application = Application.start("box-office.chat.telnet-port=" + taken.getLocalPort());
				Customer customer = new Customer(application.port());
				BrowserPage ann = BrowserPage.enter(application.port(), "Ann")) {
			assertThat(output)
				.contains("The chat can't listen for terminals on localhost/127.0.0.1:" + taken.getLocalPort())
				.contains("Address already in use")
				.contains("set box-office.chat.telnet-port to a free port, or to 0 for any");
			assertThat(customer.get("/shows").status()).isEqualTo(200);
		}
	}

	@Test
	@DisplayName("H12 WebSocket, telnet: everybody is told that the house closes, and nobody holds it up")
	void nobodyHoldsUpTheShutdown() throws Exception {
		Application application = Application.start();
		int telnet = application.bean(TelnetServer.class).port();
		try (BrowserPage ann = BrowserPage.enter(application.port(), "Ann");
				Terminal bob = Terminal.enter(telnet, "Bob");
				Terminal silent = Terminal.connect(telnet)) {
			long start = System.nanoTime();
			application.close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
			ann.until("The house is closing. Good night.");
			bob.until("The house is closing. Good night.");
			assertThat(bob.ends()).isTrue();
			assertThat(silent.ends()).isTrue();
		}
		finally {
			application.close();
		}
	}

}
