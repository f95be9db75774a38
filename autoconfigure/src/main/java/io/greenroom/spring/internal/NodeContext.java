package io.greenroom.spring.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.greenroom.cluster.WireContext;
import io.greenroom.durable.internal.CallContext;
import io.greenroom.observe.ContextCarrier.Scope;

/** Carries all parts of the context to other nodes. */
public final class NodeContext implements WireContext {

	private static final String CALL = "call by key";

	private final List<CallContext> own;

	private final List<WireContext> users;

	/**
	 * Creates the context.
	 * @param own the built-in parts
	 * @param users the parts that the application adds
	 */
	public NodeContext(List<CallContext> own, List<WireContext> users) {
		this.own = List.copyOf(own);
		this.users = List.copyOf(users);
	}

	@Override
	public Map<String, String> capture() {
		Map<String, String> texts = new HashMap<>();
		this.own.forEach((part) -> part.write(CALL, texts));
		this.users.forEach((part) -> texts.putAll(part.capture()));
		return texts;
	}

	@Override
	public Scope open(Map<String, String> context) {
		List<Scope> scopes = new ArrayList<>();
		Scope all = () -> scopes.reversed().forEach(Scope::close);
		boolean opened = false;
		try {
			this.own.forEach((part) -> scopes.add(part.open(CALL, context)));
			this.users.forEach((part) -> scopes.add(part.open(context)));
			opened = true;
			return all;
		}
		finally {
			if (!opened) {
				all.close();
			}
		}
	}

}
