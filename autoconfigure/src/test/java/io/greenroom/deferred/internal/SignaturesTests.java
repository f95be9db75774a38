package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Oneway;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Methods of generic interfaces, which differ from what implements them once erased. */
@Timeout(60)
@CloseSchedulers
class SignaturesTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	@Test
	@DisplayName("D06 @Oneway on a method of a generic interface holds for the class that fills the type in, whoever calls by what")
	void onewayOfAGenericInterface() throws Exception {
		Words words = new Words();
		Handler handler = new Handler(this.scheduler, HandlerType.of(Words.class), words, HandlerOptions.defaults());
		Sink<List<String>, Integer> bySink = sink(handler, words);
		Words byClass = handler.deferred(Words.class, words).sync();
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		handler.deferred(Words.class, words).oneway().hold(inside, leave);
		inside.await();
		byClass.put(List.of("by class"));
		bySink.put(List.of("by interface"));
		bySink.putAll(new Integer[] { 1, 2 });
		bySink.declaredByTheClass(7);
		assertThat(handler.calls().pending()).isEqualTo(4);
		leave.countDown();
		assertThat(byClass.seen()).containsExactly("[by class]", "[by interface]", "2 numbers", "7");
	}

	@Test
	@DisplayName("D06 an overload that the type does not fill in is another method")
	void overloadsAreOtherMethods() throws Exception {
		Words words = new Words();
		HandlerType type = HandlerType.of(Words.class);
		assertThat(type.method(Words.class.getDeclaredMethod("put", String.class)).mode().name()).isEqualTo("SYNC");
		assertThat(type.method(Sink.class.getDeclaredMethod("put", Object.class)).method())
			.isEqualTo(Words.class.getDeclaredMethod("put", List.class));
		assertThat(words.seen()).isEmpty();
	}

	@SuppressWarnings("unchecked")
	private static Sink<List<String>, Integer> sink(Handler handler, Words words) {
		return (Sink<List<String>, Integer>) handler.deferred(Sink.class, words).sync();
	}

	interface Sink<T, N extends Number> {

		@Oneway
		void put(T value);

		@Oneway
		void putAll(N[] values);

		void declaredByTheClass(N value);

	}

	abstract static class Base<X> implements Sink<List<X>, Integer> {

	}

	static class Words extends Base<String> {

		private final List<String> seen = new ArrayList<>();

		@Override
		public void put(List<String> value) {
			this.seen.add(value.toString());
		}

		void put(String other) {
			this.seen.add(other);
		}

		@Override
		public void putAll(Integer[] values) {
			this.seen.add(values.length + " numbers");
		}

		@Override
		@Oneway
		public void declaredByTheClass(Integer value) {
			this.seen.add(value.toString());
		}

		void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			leave.await();
		}

		List<String> seen() {
			return List.copyOf(this.seen);
		}

	}

}
