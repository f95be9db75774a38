package io.greenroom.sample.prompter;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.sample.Application;
import io.greenroom.sample.Customer;
import io.greenroom.sample.Customer.Answer;
import io.greenroom.sample.RanOn;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ.Socket;

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
				ZContext messages = new ZContext();
				var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			String endpoint = Objects.requireNonNull(application.bean(Prompter.class).endpoint());
			Socket stranger = request(messages, endpoint);
			stranger.sendMore("To die, to sleep,");
			stranger.send("and a second part");
			assertThat(stranger.recvStr()).isEqualTo("No more;");
			Socket flooder = request(messages, endpoint);
			flooder.send(new byte[1024 * 1024]); // the library hangs up on it

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
			assertThat(application.bean(GreenScheduler.class).dump(0).toString()).contains("prompter");
		}
	}

	@Test
	@DisplayName("H12 request and reply: a request without a reply ends in time, and the next one is answered")
	void aLostReplyDoesNotSpoilTheNext() {
		try (ZContext messages = new ZContext(); GreenScheduler scheduler = GreenScheduler.builder().build()) {
			Socket deaf = messages.createSocket(SocketType.REP);
			int port = deaf.bindToRandomPort("tcp://127.0.0.1");
			deaf.setReceiveTimeOut((int) Customer.LIMIT.toMillis());
			PromptBox box = new PromptBox(messages, new Prompter(messages, scheduler, new PrompterProperties(port)) {

				@Override
				String endpoint() {
					return "tcp://127.0.0.1:" + port;
				}

			});
			assertThatExceptionOfType(ResponseStatusException.class).isThrownBy(() -> box.ask("first"))
				.withMessageContaining("did not answer within");

			scheduler.spawn(() -> {
				deaf.recvStr();
				deaf.send("the late reply"); // to a socket that is gone
				deaf.send("reply to " + deaf.recvStr());
			});
			assertThat(box.ask("second")).isEqualTo("reply to second");
		}
	}

	@Test
	void aTakenPortIsSaidAndTheHouseGoesOn(CapturedOutput output) throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Application application = Application.start("box-office.prompter.port=" + taken.getLocalPort());
				Customer customer = new Customer(application.port())) {
			assertThat(output).contains("The prompter should sit at tcp://127.0.0.1:" + taken.getLocalPort())
				.contains("Address already in use")
				.contains("box-office.prompter.port");
			assertThat(customer.get("/prompt?line=To+be").status()).isEqualTo(503);
			assertThat(customer.get("/shows").status()).isEqualTo(200);
		}
	}

	private static Socket request(ZContext messages, String endpoint) {
		Socket socket = messages.createSocket(SocketType.REQ);
		socket.setReceiveTimeOut((int) Customer.LIMIT.toMillis());
		socket.setLinger(0);
		socket.connect(endpoint);
		return socket;
	}

}
