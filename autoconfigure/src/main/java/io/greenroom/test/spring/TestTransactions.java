package io.greenroom.test.spring;

import io.greenroom.deferred.InTransaction;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.ReservedCall;
import io.greenroom.spring.internal.TestOwnTransaction;
import io.greenroom.test.GreenroomTest.TestCalls;

/**
 * The transactions of callers, of which that of a test is special: a body that runs
 * outside it sees nothing of what the test has written.
 */
final class TestTransactions implements CallerTransactions {

	private final CallerTransactions actual;

	private final TestCalls calls;

	TestTransactions(CallerTransactions actual, TestCalls calls) {
		this.actual = actual;
		this.calls = calls;
	}

	@Override
	public boolean isActive() {
		return this.actual.isActive();
	}

	@Override
	public void atEnd(ReservedCall call) {
		this.actual.atEnd(call);
	}

	@Override
	public boolean isBound() {
		return this.actual.isBound();
	}

	@Override
	public InTransaction syncCalls() {
		return isTests() ? InTransaction.FAIL : this.actual.syncCalls();
	}

	@Override
	public boolean guardsAll() {
		return true;
	}

	@Override
	public InTransaction otherCalls() {
		return isTests() ? InTransaction.FAIL : InTransaction.ALLOW;
	}

	@Override
	public boolean runsHere() {
		return this.calls == TestCalls.ON_TEST_THREAD && isTests();
	}

	private boolean isTests() {
		return this.actual.isActive() && TestOwnTransaction.name() != null;
	}

	@Override
	public String remark() {
		String remark = this.actual.remark();
		return isTests() ? remark
				+ "; or let its bodies run on the test's thread with @GreenroomTest(transactionalCalls = ON_TEST_THREAD)"
				: remark;
	}

}
