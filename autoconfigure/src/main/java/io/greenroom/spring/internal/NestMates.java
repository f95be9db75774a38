package io.greenroom.spring.internal;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds uses of a nested handler's private methods and fields by the enclosing class or
 * by its other nested classes. The compiler permits them, but through the bean they
 * access the proxy. Reads the class files of the nest, where they are available.
 */
final class NestMates {

	private NestMates() {
	}

	/** Returns the findings, one sentence each with its remedy. */
	static List<String> look(Class<?> type) {
		if (type.getNestHost() == type) {
			// Only classes inside the handler are its nest mates, and they have the
			// target.
			return List.of();
		}
		Set<String> members = privateMembers(type);
		List<String> found = new ArrayList<>();
		if (!members.isEmpty()) {
			for (Class<?> mate : type.getNestHost().getNestMembers()) {
				if (!isInside(type, mate)) {
					lookAt(mate, type, members, found);
				}
			}
		}
		return found;
	}

	private static Set<String> privateMembers(Class<?> type) {
		Set<String> members = Arrays.stream(type.getDeclaredMethods())
			.filter((method) -> Modifier.isPrivate(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
					&& !method.isSynthetic())
			.map((method) -> method.getName() + "()")
			.collect(Collectors.toSet());
		Arrays.stream(type.getDeclaredFields())
			.filter((field) -> Modifier.isPrivate(field.getModifiers()) && !Modifier.isStatic(field.getModifiers()))
			.forEach((field) -> members.add(field.getName()));
		return members;
	}

	private static boolean isInside(Class<?> type, Class<?> mate) {
		Class<?> level = mate;
		while (level != null && level != type) {
			level = level.getEnclosingClass();
		}
		return level != null;
	}

	private static void lookAt(Class<?> mate, Class<?> type, Set<String> members, List<String> found) {
		String file = mate.getName().substring(mate.getPackageName().length()).replace(".", "") + ".class";
		try (InputStream in = mate.getResourceAsStream(file)) {
			if (in == null) {
				return;
			}
			ClassModel model = ClassFile.of().parse(in.readAllBytes());
			Set<String> used = new TreeSet<>();
			for (MethodModel method : model.methods()) {
				method.code().ifPresent((code) -> code.forEach((element) -> {
					switch (element) {
						case InvokeInstruction call when isOf(type, call.owner().asInternalName()) ->
							used.add(call.name().stringValue() + "()");
						case FieldInstruction field when isOf(type, field.owner().asInternalName()) ->
							used.add(field.name().stringValue());
						default -> {
						}
					}
				}));
			}
			used.retainAll(members);
			if (!used.isEmpty()) {
				found.add(
						"%s uses the private %s: through the bean, that bypasses the mailbox and uses the empty fields of a proxy; add a method to the handler that is not private"
							.formatted(mate.getName(), String.join(", ", used)));
			}
		}
		catch (IOException | IllegalArgumentException unreadable) {
			// Not available, as in a native image.
		}
	}

	private static boolean isOf(Class<?> type, String internalName) {
		return type.getName().replace('.', '/').equals(internalName);
	}

}
