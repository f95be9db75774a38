package io.greenroom.green;

import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jspecify.annotations.Nullable;

/**
 * What the children of one green thread know of it. They share it, so that a thread
 * without children pays nothing. It holds the parent weakly, so that a chain of threads
 * that each spawn the next does not keep all ancestors alive.
 */
final class Lineage {

	private final String name;

	/** The name of the oldest ancestor. */
	private final String root;

	private final WeakReference<GreenThread<?>> thread;

	/** Shared by the whole tree of threads. */
	private final ConcurrentMap<Object, Object> locals;

	Lineage(GreenThread<?> thread, @Nullable Lineage parent) {
		this.name = thread.name();
		this.root = (parent != null) ? parent.root : thread.name();
		this.thread = new WeakReference<>(thread);
		this.locals = (parent != null) ? parent.locals : new ConcurrentHashMap<>();
	}

	String name() {
		return this.name;
	}

	String root() {
		return this.root;
	}

	@Nullable GreenThread<?> thread() {
		return this.thread.get();
	}

	ConcurrentMap<Object, Object> locals() {
		return this.locals;
	}

}
