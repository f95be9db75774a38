package io.greenroom.durable.internal;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.greenroom.observe.ContextCarrier;
import io.greenroom.wire.Codec;
import org.jspecify.annotations.Nullable;

/** The context of callers as one text. */
final class OutboxContext {

	private final List<CallContext> parts;

	private final Codec codec;

	OutboxContext(List<CallContext> parts, Codec codec) {
		this.parts = List.copyOf(parts);
		this.codec = codec;
	}

	@Nullable String write(String call) {
		Map<String, String> texts = new TreeMap<>();
		this.parts.forEach((part) -> part.write(call, texts));
		if (texts.isEmpty()) {
			return null;
		}
		Map<String, Type> types = new LinkedHashMap<>();
		texts.keySet().forEach((name) -> types.put(name, String.class));
		return this.codec.write(types, new LinkedHashMap<>(texts));
	}

	ContextCarrier.Scope open(String call, @Nullable String text) {
		if (this.parts.isEmpty()) {
			return ContextCarrier.Scope.NONE;
		}
		Map<String, String> texts = new TreeMap<>();
		if (text != null) {
			this.codec.read(text).forEach((name, value) -> {
				if (value != null) {
					texts.put(name, value.toString());
				}
			});
		}
		List<ContextCarrier.Scope> scopes = new ArrayList<>();
		ContextCarrier.Scope all = () -> scopes.reversed().forEach(ContextCarrier.Scope::close);
		boolean opened = false;
		try {
			this.parts.forEach((part) -> scopes.add(part.open(call, texts)));
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
