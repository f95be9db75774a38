package io.greenroom.soak;

import java.time.Duration;
import java.util.List;

import io.greenroom.observe.CallMode;
import io.greenroom.observe.CallOutcome;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;

/** An observer each of whose methods fails now and then. */
final class FailingObserver implements Observer {

	@Override
	public ThreadListener threads(String scheduler, ThreadGauges gauges) {
		return new ThreadListener() {

			@Override
			public void spawned() {
				Scene.failNowAndThen();
			}

			@Override
			public void failed(String thread, Throwable failure) {
				Scene.failNowAndThen();
			}

		};
	}

	@Override
	public HandlerListener handler(String handler, HandlerGauges gauges) {
		return new HandlerListener() {

			@Override
			public void ended(String method, CallMode mode, CallOutcome outcome, Duration waited, Duration ran) {
				Scene.failNowAndThen();
			}

			@Override
			public void rejected(String method, CallMode mode, String reason) {
				Scene.failNowAndThen();
			}

			@Override
			public void abandoned(String method) {
				Scene.failNowAndThen();
			}

			@Override
			public void onewayFailed(String method, Throwable failure) {
				Scene.failNowAndThen();
			}

			@Override
			public void busy(String method, Duration since, List<StackTraceElement> stack) {
				Scene.failNowAndThen();
			}

			@Override
			public void loopFailed(Throwable failure, boolean restarting) {
				Scene.failNowAndThen();
			}

		};
	}

	@Override
	public MachineListener machine(String machine) {
		return new MachineListener() {

			@Override
			public void moved(String from, String to, Duration spent) {
				Scene.failNowAndThen();
			}

			@Override
			public void rejected(String from, String to) {
				Scene.failNowAndThen();
			}

			@Override
			public void ended(String state, Duration spent) {
				Scene.failNowAndThen();
			}

			@Override
			public void forgotten(String state) {
				Scene.failNowAndThen();
			}

		};
	}

	@Override
	public PoolListener pool(String pool, PoolGauges gauges) {
		return new PoolListener() {

			@Override
			public void started(Duration waited) {
				Scene.failNowAndThen();
			}

			@Override
			public void ended(Duration used) {
				Scene.failNowAndThen();
			}

			@Override
			public void rejected(String reason) {
				Scene.failNowAndThen();
			}

		};
	}

}
