package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.greenroom.cluster.WireContext;
import io.greenroom.cluster.internal.Cluster;
import io.greenroom.cluster.internal.ClusterNode;
import io.greenroom.cluster.internal.ClusterOptions;
import io.greenroom.cluster.internal.Nodes;
import io.greenroom.cluster.internal.ThreadTimer;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.durable.internal.CallStore;
import io.greenroom.keyed.internal.KeyRouter;
import io.greenroom.keyed.internal.KeyRouting;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.observe.ClusterGauges;
import io.greenroom.observe.internal.Failures;
import io.greenroom.wire.Codec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * This application as a node of a cluster. Runs the calls of its keyed handlers on the
 * nodes that own the keys. The node takes keys after the application has started, and
 * gives them away after its web server has stopped.
 */
public final class ClusterHandlers implements KeyRouting, ClusterGauges, SmartLifecycle, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger(ClusterHandlers.class);

	/** How often answers that can no longer be asked for are deleted. */
	private static final Duration FORGETTING = Duration.ofSeconds(30);

	/** How long a start waits for its share of the keys before it logs the share. */
	private static final Duration SHARING = Duration.ofSeconds(3);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Nodes nodes;

	private final ThreadTimer timer = new ThreadTimer();

	private final ClusterNode node;

	private final Cluster cluster;

	private final @Nullable CallStore calls;

	private final ReentrantLock opening = new ReentrantLock();

	private final CountDownLatch end = new CountDownLatch(1);

	private volatile boolean open;

	private volatile boolean running;

	/**
	 * Creates the node, which has no keys yet.
	 * @param beanFactory contains the handlers' beans
	 * @param nodes the connection to the other nodes; closed with this node
	 * @param options how the nodes deal with each other
	 * @param codec writes arguments, results and failures
	 * @param context the context that calls carry
	 * @param calls finds what is stored of calls, or {@code null} if nothing is stored
	 * @param whenLeft is notified of nodes that are gone; may be slow
	 */
	public ClusterHandlers(ConfigurableListableBeanFactory beanFactory, Nodes nodes, ClusterOptions options,
			Codec codec, WireContext context, @Nullable CallStore calls, Consumer<String> whenLeft) {
		this.beanFactory = beanFactory;
		this.nodes = nodes;
		this.calls = calls;
		this.node = new ClusterNode(nodes, this.timer, options);
		this.node.whenLeft((gone) -> Thread.ofVirtual().name("greenroom-left").start(() -> left(whenLeft, gone)));
		this.cluster = new Cluster(this.node, this.timer, codec, context,
				(type) -> DurableDefinitions.annotation(type) != null, calls);
		this.node.start();
	}

	private static void left(Consumer<String> whenLeft, String gone) {
		try {
			whenLeft.accept(gone);
		}
		catch (RuntimeException failure) {
			Failures.log(log, Level.WARN, failure,
					"The departure of node {} could not be written to the database; the node counts as gone after greenroom.durable.node-timeout",
					gone);
		}
	}

	@Override
	public <K> KeyRouter<K> route(KeyedHandler<K, ?> handler, KeyRouter<K> here) {
		if (DurableDefinitions.annotation(handler.family().type().type()) != null) {
			open();
		}
		return this.cluster.route(handler, here);
	}

	/** Runs once, and only if there are durable handlers. */
	private void open() {
		if (this.open || this.calls == null) {
			return;
		}
		this.opening.lock();
		try {
			if (!this.open) {
				this.calls.open();
				this.open = true;
				Thread.ofVirtual().name("greenroom-forget").start(this::forget);
			}
		}
		finally {
			this.opening.unlock();
		}
	}

	private void forget() {
		CallStore known = Objects.requireNonNull(this.calls);
		try {
			while (!this.end.await(FORGETTING.toMillis(), TimeUnit.MILLISECONDS)) {
				try {
					known.forget();
				}
				catch (RuntimeException failure) {
					Failures.log(log, Level.DEBUG, failure, "Old answers could not be deleted; trying again in {}",
							FORGETTING);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Other nodes call all existing handlers, so all are created. */
	@Override
	public void start() {
		this.running = true;
		List<String> single = new ArrayList<>();
		for (String name : this.beanFactory.getBeanDefinitionNames()) {
			if (KeyedNames.typeOf(this.beanFactory, name) != null) {
				this.beanFactory.getBean(name + KeyedNames.SUFFIX);
			}
			else if (isHandler(name)) {
				single.add(name);
			}
		}
		if (!single.isEmpty()) {
			log.info(
					"Handlers {} have no key, so each node has its own instance; to share one instance between all nodes, give its constructor a @Key parameter",
					single);
		}
		this.nodes.takeKeys();
		long until = System.nanoTime() + SHARING.toNanos();
		boolean waiting = this.nodes.share() == 0;
		while (waiting) {
			waiting = !isEnding() && this.nodes.share() == 0 && System.nanoTime() < until;
		}
		if (this.node.hasQuorum()) {
			log.info("Node {} of {} nodes, quorum {}, with {} % of the keys", this.nodes.label(), this.node.members(),
					this.node.quorum(), Math.round(100 * this.nodes.share()));
		}
		else {
			log.warn("Node {} sees {} of at least {} nodes: calls by key wait for the others", this.nodes.label(),
					this.node.members(), this.node.quorum());
		}
	}

	/** Waits for a moment. Returns whether the node is ending. */
	private boolean isEnding() {
		try {
			return this.end.await(20, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

	private boolean isHandler(String name) {
		Class<?> type = this.beanFactory.getType(name, false);
		return type != null && AnnotatedElementUtils.hasAnnotation(type, DeferredHandler.class);
	}

	/**
	 * Called after the web server has stopped. Other nodes receive the keys while this
	 * node still answers.
	 */
	@Override
	public void stop() {
		this.running = false;
		this.nodes.giveKeysAway();
		this.node.leave();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** A paused context continues later. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/** Starts after timers and deliveries, and stops before them. */
	@Override
	public int getPhase() {
		return GreenSchedulerLifecycle.PHASE + 2;
	}

	/** Called when all bodies have ended. */
	@Override
	public void destroy() {
		this.end.countDown();
		this.node.close();
		this.nodes.close();
		this.timer.close();
	}

	@Override
	public int nodes() {
		return this.node.members();
	}

	@Override
	public int quorum() {
		return this.node.quorum();
	}

	@Override
	public double share() {
		return this.nodes.share();
	}

	@Override
	public int waiting() {
		return this.node.waiting();
	}

	@Override
	public long serving() {
		return this.node.serving();
	}

	@Override
	public Map<String, Long> counts() {
		return this.node.counts().all();
	}

	@Override
	public String toString() {
		return "ClusterHandlers[" + this.nodes.label() + "]";
	}

}
