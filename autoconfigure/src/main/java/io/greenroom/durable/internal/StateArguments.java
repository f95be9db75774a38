package io.greenroom.durable.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import io.greenroom.wire.Codec;
import io.greenroom.wire.CodecException;
import org.jspecify.annotations.Nullable;

/**
 * Converts the arguments of states to text, by position, because parameter names may
 * change. The failure of a state, which the next state receives, is stored as its
 * description.
 */
final class StateArguments {

	private final Map<String, Map<String, Type>> types = new LinkedHashMap<>();

	private final Codec codec;

	StateArguments(StateClass states, Codec codec) {
		this.codec = codec;
		for (StateDescriptor state : states.states()) {
			Map<String, Type> parameters = new LinkedHashMap<>();
			for (Type type : states.method(state.name()).getGenericParameterTypes()) {
				parameters.put(String.valueOf(parameters.size()), (type == Throwable.class) ? String.class : type);
			}
			this.types.put(state.name(), parameters);
		}
	}

	/** Returns why arguments of states cannot be stored. */
	static List<String> problems(StateClass states, Codec codec) {
		List<String> problems = new ArrayList<>();
		for (StateDescriptor state : states.states()) {
			Method method = states.method(state.name());
			for (int i = 0; i < method.getParameterCount(); i++) {
				Type type = method.getGenericParameterTypes()[i];
				String problem = (type == Throwable.class) ? null : codec.problem(type);
				if (problem != null) {
					problems.add("the parameter '%s' of state '%s' %s".formatted(method.getParameters()[i].getName(),
							state.name(), problem));
				}
			}
		}
		return problems;
	}

	boolean has(String state) {
		return this.types.containsKey(state);
	}

	/** Returns the names of all states. */
	List<String> states() {
		return List.copyOf(this.types.keySet());
	}

	/**
	 * Writes arguments.
	 * @throws CodecException if they cannot be written or read back
	 */
	String write(String state, List<? extends @Nullable Object> args) {
		Map<String, Type> parameters = Objects.requireNonNull(this.types.get(state));
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		for (Object value : args) {
			values.put(String.valueOf(values.size()),
					(value instanceof Throwable thrown) ? Failures.describe(thrown) : value);
		}
		String text = this.codec.write(parameters, values);
		this.codec.read(parameters, text);
		return text;
	}

	/**
	 * Reads arguments.
	 * @throws CodecException if they do not match the current parameters of the state
	 */
	List<@Nullable Object> read(StateClass states, String state, @Nullable String text) {
		Map<String, Type> parameters = Objects.requireNonNull(this.types.get(state));
		Map<String, @Nullable Object> values = this.codec.read(parameters, (text != null) ? text : "{}");
		if (values.size() != parameters.size()) {
			throw new CodecException(
					"state '%s' takes %s arguments, but %s is stored".formatted(state, parameters.size(), text), null);
		}
		List<@Nullable Object> args = new ArrayList<>();
		Class<?>[] declared = states.method(state).getParameterTypes();
		for (Object value : values.values()) {
			args.add((declared[args.size()] == Throwable.class && value != null)
					? new IllegalStateException("Before a restart: " + value) : value);
		}
		return args;
	}

}
