package io.greenroom.sample.prompter;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.sample.Application;
import io.greenroom.sample.Customer;
import io.greenroom.sample.Customer.Answer;
import io.greenroom.sample.RanOn;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class PrompterIT {

	private static final List<String> LINES = List.of("To+die,+to+sleep,", "And+by+opposing+end+them.",
			"Or+to+take+arms+against+a+sea+of+troubles");

	private static final List<String> NEXT = List.of("No more;", "To die, to sleep,", "And by opposing end them.");

	@Test
	@DisplayName("H12 request and reply: 90 callers share one socket, each gets the reply to their own line, and a stranger's bad messages change nothing")
	void everybodyGetsTheirOwnReply() throws Exception {
		try (Application application = Application.start();
				Customer customer = new Customer(application.port());
				Socket flooder = connect(application.bean(Prompter.class));
				Socket silent = connect(application.bean(Prompter.class));
				var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			flooder.getOutputStream().write(new byte[] { 127, -1, -1, -1, 'x' });
			assertThat(flooder.getInputStream().read()).as("hung up").isEqualTo(-1);
			silent.getOutputStream().write(new byte[] { 0, 0 }); // half a length

			List<Callable<Answer>> actors = IntStream.range(0, 90)
				.<Callable<Answer>>mapToObj((i) -> () -> customer.get("/prompt?line=" + LINES.get(i % LINES.size())))
				.toList();
			List<Future<Answer>> answers = threads.invokeAll(actors);
			for (int i = 0; i < answers.size(); i++) {
				Answer answer = answers.get(i).get();
				assertThat(answer.json().get("line").asString()).isEqualTo(NEXT.get(i % NEXT.size()));
				assertThat(answer.header(RanOn.HEADER)).isEqualTo(RanOn.GREEN);
			}
			assertThat(customer.get("/prompt?line=Eh%3F").json().get("line").asString()).isEqualTo("Louder, please.");
		}
	}

	@Test
	@DisplayName("H12 request and reply: a request without a reply ends in time, and its late reply does not answer the next one")
	void aLostReplyDoesNotSpoilTheNext() throws Exception {
		try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
				GreenScheduler scheduler = GreenScheduler.builder().build()) {
			PromptBox box = new PromptBox(new Prompter(scheduler, new PrompterProperties(0)) {

				@Override
				InetSocketAddress address() {
					return new InetSocketAddress(InetAddress.getLoopbackAddress(), deaf.getLocalPort());
				}

			});
			GreenThread<Void> prompter = scheduler.spawn(() -> {
				try (Frames first = new Frames(deaf.accept()); Frames second = new Frames(deaf.accept())) {
					first.write("reply to " + first.read()); // nobody listens any more
					second.write("reply to " + second.read());
				}
			});
			assertThatExceptionOfType(ResponseStatusException.class).isThrownBy(() -> box.ask("first"))
				.withMessageContaining("did not answer within");
			assertThat(box.ask("second")).isEqualTo("reply to second");
			assertThat(prompter.join(Customer.LIMIT)).isTrue();
		}
	}

	@Test
	void aTakenPortIsSaidAndTheHouseGoesOn(CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Application application = Application.start("box-office.prompter.port=" + taken.getLocalPort());
				Customer customer = new Customer(application.port())) {
			assertThat(output).contains("The prompter can't listen on localhost/127.0.0.1:" + taken.getLocalPort())
				.contains("Address already in use")
				.contains("box-office.prompter.port");
			assertThat(customer.get("/prompt?line=To+be").status()).isEqualTo(503);
			assertThat(customer.get("/shows").status()).isEqualTo(200);
		}
	}

	private static Socket connect(Prompter prompter) throws IOException {
		InetSocketAddress address = Objects.requireNonNull(prompter.address());
		Socket socket = new Socket(address.getAddress(), address.getPort());
		socket.setSoTimeout((int) Customer.LIMIT.toMillis());
		return socket;
	}

}
