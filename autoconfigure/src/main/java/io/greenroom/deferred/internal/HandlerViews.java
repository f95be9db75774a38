package io.greenroom.deferred.internal;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Creates the views of a handler: objects of a generated subclass of the handler's class
 * (or implementation of its interface) in which each method passes its number and
 * arguments to a {@link CallSink}. Views are created without running a constructor, so
 * their fields stay empty.
 */
final class HandlerViews {

	private static final ClassDesc SINK = CallSink.class.describeConstable().orElseThrow();

	private static final ClassDesc VIEW = CallSink.View.class.describeConstable().orElseThrow();

	private static final String FIELD = "greenroom$sink";

	private static final MethodTypeDesc CALL = MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_int,
			ConstantDescs.CD_Object.arrayType());

	private static final ClassValue<Constructor<?>> CONSTRUCTORS = new ClassValue<>() {

		@Override
		protected Constructor<?> computeValue(Class<?> type) {
			return constructor(define(HandlerType.of(type)));
		}

	};

	private HandlerViews() {
	}

	/** Returns a new view of the type that sends its calls to the sink. */
	static <T> T view(Class<T> type, CallSink sink) {
		try {
			Object view = CONSTRUCTORS.get(type).newInstance();
			((CallSink.View) view).greenroom$sink(sink);
			return type.cast(view);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("A view of " + type.getName() + " could not be made", ex);
		}
	}

	/**
	 * Creates objects as serialization does, which the module {@code jdk.unsupported}
	 * offers to libraries. Called reflectively, because javac has a warning for it that
	 * cannot be suppressed.
	 */
	private static Constructor<?> constructor(Class<?> view) {
		try {
			Class<?> type = Class.forName("sun.reflect.ReflectionFactory");
			Object factory = type.getMethod("getReflectionFactory").invoke(null);
			Constructor<?> constructor = (Constructor<?>) type
				.getMethod("newConstructorForSerialization", Class.class, Constructor.class)
				.invoke(factory, view, Object.class.getDeclaredConstructor());
			constructor.setAccessible(true);
			return constructor;
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("Greenroom needs the module jdk.unsupported to create views of handlers",
					ex);
		}
	}

	/** Returns the class of a type's views, defined now or found. */
	private static Class<?> define(HandlerType handler) {
		Class<?> type = handler.type();
		String name = type.getName() + "$$Deferred";
		try {
			return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
				.defineClass(bytes(ClassDesc.of(name), type, handler.methods()));
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(
					"%s cannot be subclassed by Greenroom; open its package to Greenroom, or call the handler through an interface"
						.formatted(type.getName()),
					ex);
		}
		catch (LinkageError ex) {
			// Another thread was faster, or an earlier attempt failed after this point.
			Class<?> found = find(type, name);
			if (found != null) {
				return found;
			}
			throw ex;
		}
	}

	private static @Nullable Class<?> find(Class<?> type, String name) {
		try {
			Class<?> found = Class.forName(name, false, type.getClassLoader());
			return (type.isAssignableFrom(found) && CallSink.View.class.isAssignableFrom(found)
					&& found.getClassLoader() == type.getClassLoader()) ? found : null;
		}
		catch (ClassNotFoundException ex) {
			return null;
		}
	}

	private static byte[] bytes(ClassDesc self, Class<?> type, List<HandlerMethod> methods) {
		ClassDesc parent = desc(type);
		return ClassFile.of().build(self, (view) -> {
			view.withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC, AccessFlag.SUPER);
			if (type.isInterface()) {
				view.withInterfaceSymbols(parent, VIEW);
			}
			else {
				view.withSuperclass(parent).withInterfaceSymbols(VIEW);
			}
			view.withField(FIELD, SINK, ClassFile.ACC_PRIVATE | ClassFile.ACC_SYNTHETIC);
			withSinkAccess(view, self);
			withIdentity(view, self);
			for (int i = 0; i < methods.size(); i++) {
				withForwarding(view, self, i, methods.get(i).method());
			}
		});
	}

	private static void withSinkAccess(ClassBuilder view, ClassDesc self) {
		view.withMethodBody(FIELD, MethodTypeDesc.of(SINK), ClassFile.ACC_PUBLIC,
				(code) -> code.aload(0).getfield(self, FIELD, SINK).areturn());
		view.withMethodBody(FIELD, MethodTypeDesc.of(ConstantDescs.CD_void, SINK), ClassFile.ACC_PUBLIC,
				(code) -> code.aload(0).aload(1).putfield(self, FIELD, SINK).return_());
	}

	/**
	 * The methods of {@code Object} describe the view itself and never enter the mailbox.
	 */
	private static void withIdentity(ClassBuilder view, ClassDesc self) {
		view.withMethodBody("equals", MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object),
				ClassFile.ACC_PUBLIC,
				(code) -> code.aload(0)
					.getfield(self, FIELD, SINK)
					.aload(1)
					.invokeinterface(SINK, "sameAs",
							MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object))
					.ireturn());
		view.withMethodBody("hashCode", MethodTypeDesc.of(ConstantDescs.CD_int), ClassFile.ACC_PUBLIC,
				(code) -> code.aload(0)
					.getfield(self, FIELD, SINK)
					.invokevirtual(ConstantDescs.CD_Object, "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int))
					.ireturn());
		view.withMethodBody("toString", MethodTypeDesc.of(ConstantDescs.CD_String), ClassFile.ACC_PUBLIC,
				(code) -> code.aload(0)
					.getfield(self, FIELD, SINK)
					.invokeinterface(SINK, "describe", MethodTypeDesc.of(ConstantDescs.CD_String))
					.areturn());
	}

	private static void withForwarding(ClassBuilder view, ClassDesc self, int number, Method method) {
		Class<?>[] parameters = method.getParameterTypes();
		MethodTypeDesc type = MethodTypeDesc.of(desc(method.getReturnType()),
				java.util.Arrays.stream(parameters).map(HandlerViews::desc).toList());
		int visibility = method.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED);
		view.withMethodBody(method.getName(), type, visibility, (code) -> {
			code.aload(0).getfield(self, FIELD, SINK).loadConstant(number);
			if (parameters.length == 0) {
				code.getstatic(SINK, "NO_ARGUMENTS", ConstantDescs.CD_Object.arrayType());
			}
			else {
				code.loadConstant(parameters.length).anewarray(ConstantDescs.CD_Object);
			}
			for (int i = 0; i < parameters.length; i++) {
				code.dup().loadConstant(i);
				code.loadLocal(TypeKind.from(parameters[i]), code.parameterSlot(i));
				box(code, parameters[i]);
				code.aastore();
			}
			code.invokeinterface(SINK, "call", CALL);
			unboxAndReturn(code, method.getReturnType());
		});
	}

	private static void box(CodeBuilder code, Class<?> type) {
		if (type.isPrimitive()) {
			ClassDesc wrapper = wrapper(type);
			code.invokestatic(wrapper, "valueOf", MethodTypeDesc.of(wrapper, desc(type)));
		}
	}

	private static void unboxAndReturn(CodeBuilder code, Class<?> type) {
		if (type == void.class) {
			code.pop().return_();
		}
		else if (type.isPrimitive()) {
			ClassDesc wrapper = wrapper(type);
			code.checkcast(wrapper)
				.invokevirtual(wrapper, type.getName() + "Value", MethodTypeDesc.of(desc(type)))
				.return_(TypeKind.from(type));
		}
		else {
			code.checkcast(desc(type)).areturn();
		}
	}

	private static ClassDesc wrapper(Class<?> primitive) {
		return desc(java.lang.invoke.MethodType.methodType(primitive).wrap().returnType());
	}

	private static ClassDesc desc(Class<?> type) {
		return type.describeConstable().orElseThrow();
	}

}
