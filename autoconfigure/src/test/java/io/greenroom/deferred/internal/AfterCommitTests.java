package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.Processing;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The room of calls that wait for their caller's transaction. */
@Timeout(60)
@CloseSchedulers
class AfterCommitTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final List<ReservedCall> reserved = new ArrayList<>();

	private Consumer<ReservedCall> transaction = this.reserved::add;

	private final Mails mails = new Mails();

	private final Handler handler = new Handler(this.scheduler, HandlerType.of(Mails.class), this.mails,
			HandlerOptions.builder().processing(Processing.MANUAL).capacity(1).overflow(Overflow.REJECT).build(),
			new CallerTransactions() {

				@Override
				public boolean isActive() {
					return true;
				}

				@Override
				public void atEnd(ReservedCall call) {
					AfterCommitTests.this.transaction.accept(call);
				}

			});

	private final Deferred<Mails> deferred = this.handler.deferred(Mails.class, this.mails);

	@Test
	@DisplayName("D30 room comes back if the transaction can't be followed, and its caller is told why")
	void roomComesBackIfTheTransactionCannotBeFollowed() {
		this.transaction = (call) -> {
			throw new IllegalStateException("no synchronization");
		};
		for (int i = 0; i < 3; i++) {
			assertThatIllegalStateException().isThrownBy(this.deferred.oneway()::send)
				.withMessage("no synchronization");
			assertThat(this.handler.calls().pending()).isZero();
		}
	}

	@Test
	@DisplayName("D30 room comes back when the transaction rolls back, once")
	void roomComesBackAtARollback() {
		this.deferred.oneway().send();
		assertThat(this.handler.calls().pending()).isEqualTo(1);
		this.reserved.getFirst().giveBack();
		this.reserved.getFirst().giveBack();
		assertThat(this.handler.calls().pending()).isZero();
		this.deferred.oneway().send();
		assertThat(this.handler.calls().pending()).isEqualTo(1);
		assertThat(this.handler.calls().process()).isZero();
		this.reserved.getLast().giveBack();
	}

	@Test
	@DisplayName("D30 a call is submitted once, however often the end of its transaction is told")
	void submittedOnce() {
		this.deferred.oneway().send();
		this.reserved.getFirst().submit();
		assertThat(this.handler.calls().process()).isEqualTo(1);
		this.reserved.getFirst().submit();
		this.reserved.getFirst().giveBack();
		assertThat(this.handler.calls().pending()).isZero();
		assertThat(this.handler.calls().process()).isZero();
		assertThat(this.mails.sent).isEqualTo(1);
	}

	/** Sends after a commit. */
	static class Mails {

		private int sent;

		@Oneway(phase = OnewayPhase.AFTER_COMMIT)
		void send() {
			this.sent++;
		}

	}

}
