package io.greenroom.state;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attribute;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.MethodBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.ExceptionsAttribute;
import java.lang.classfile.attribute.MethodParametersAttribute;
import java.lang.classfile.attribute.RuntimeVisibleAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeVisibleParameterAnnotationsAttribute;
import java.lang.classfile.attribute.SignatureAttribute;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.greenroom.state.internal.StateObject;
import io.greenroom.state.internal.StateSlot;
import org.jspecify.annotations.Nullable;

/**
 * Creates the subclass whose state methods go through the object's {@link StateSlot}. For
 * a state {@code growing(int cm)} it writes <pre>{@code
 * void growing(int cm) {
 *     if (this.greenroom$slot.enter(2)) {
 *         Throwable thrown = null;
 *         try { super.growing(cm); } catch (Throwable ex) { thrown = ex; }
 *         this.greenroom$slot.leave(thrown);
 *     }
 *     else {
 *         this.greenroom$slot.move(2, new Object[] { cm });
 *     }
 * }
 * }</pre> and, for the machine to call, a method that does the same for a state by its
 * number. In both, a slot that belongs to another object is first replaced by a slot of
 * its own. The slot is set before the constructor of the user's class runs, so that a
 * state may be called from there. Annotations of methods are not copied, because
 * frameworks find them on the overridden method, and some reject duplicates.
 */
final class Enhancer {

	private static final String SUFFIX = "$$Greenroom";

	private static final String SLOT_NAME = "greenroom$slot";

	static final String CALL_NAME = "greenroom$call";

	private static final String OWN_NAME = "greenroom$own";

	private static final ClassDesc SLOT = desc(StateSlot.class);

	private static final ClassDesc STATE_OBJECT = desc(StateObject.class);

	private static final MethodTypeDesc ENTER = MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_int);

	private static final MethodTypeDesc LEAVE = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Throwable);

	private static final MethodTypeDesc IS_OF = MethodTypeDesc.of(ConstantDescs.CD_boolean, SLOT,
			ConstantDescs.CD_Object);

	private static final MethodTypeDesc OWN = MethodTypeDesc.of(SLOT, desc(StateObject.class), SLOT);

	/**
	 * The bridge flag keeps away tools that intercept every method, such as those that
	 * spy on objects.
	 */
	private static final int HIDDEN = ClassFile.ACC_PUBLIC | ClassFile.ACC_SYNTHETIC | ClassFile.ACC_BRIDGE;

	private static final MethodTypeDesc MOVE = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int,
			ConstantDescs.CD_Object.arrayType());

	private final Class<?> type;

	private final ClassDesc superclass;

	private final ClassDesc self;

	private final Map<Class<?>, ClassModel> models = new HashMap<>();

	private Enhancer(Class<?> type) {
		this.type = type;
		this.superclass = desc(type);
		this.self = ClassDesc.of(nameFor(type));
	}

	static String nameFor(Class<?> type) {
		return type.getName() + SUFFIX;
	}

	/** Returns the enhanced class, which is defined now if it does not exist. */
	static Class<?> define(Class<?> type, StateTable table) {
		Class<?> found = find(type);
		if (found != null) {
			return found;
		}
		try {
			return MethodHandles.privateLookupIn(type, MethodHandles.lookup()).defineClass(generate(type, table));
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(
					"%s can't be enhanced for its states: open its package to Greenroom".formatted(type.getName()), ex);
		}
		catch (LinkageError ex) {
			// Another thread was faster, or the class cannot be defined.
			Class<?> theirs = find(type);
			if (theirs != null) {
				return theirs;
			}
			throw ex;
		}
	}

	private static @Nullable Class<?> find(Class<?> type) {
		try {
			Class<?> found = Class.forName(nameFor(type), false, type.getClassLoader());
			return (found.getSuperclass() == type && found.getClassLoader() == type.getClassLoader()) ? found : null;
		}
		catch (ClassNotFoundException ex) {
			return null;
		}
	}

	static byte[] generate(Class<?> type, StateTable table) {
		return new Enhancer(type).generate(table);
	}

	private byte[] generate(StateTable table) {
		return ClassFile.of().build(this.self, (type) -> {
			type.withFlags(AccessFlag.PUBLIC, AccessFlag.SUPER);
			type.withSuperclass(this.superclass);
			type.withInterfaceSymbols(STATE_OBJECT);
			type.with(SourceFileAttribute.of("<greenroom>"));
			type.withField(SLOT_NAME, SLOT, ClassFile.ACC_PRIVATE | ClassFile.ACC_TRANSIENT);
			addSlotMethod(type);
			addCallMethod(type, table);
			for (MethodModel method : model(this.type).methods()) {
				if (method.methodName().equalsString(ConstantDescs.INIT_NAME)
						&& !method.flags().has(AccessFlag.PRIVATE)) {
					addConstructor(type, method);
				}
			}
			table.states().forEach((state) -> addState(type, state));
		});
	}

	private void addSlotMethod(ClassBuilder type) {
		type.withMethodBody(SLOT_NAME, MethodTypeDesc.of(SLOT), HIDDEN, (code) -> {
			checkSlot(code);
			loadSlot(code).areturn();
		});
		// Happens once for each object that got the slot of another object, or none.
		type.withMethodBody(OWN_NAME, ConstantDescs.MTD_void,
				ClassFile.ACC_PRIVATE | ClassFile.ACC_SYNTHETIC | ClassFile.ACC_SYNCHRONIZED, (code) -> {
					code.aload(0).aload(0);
					loadSlot(code);
					code.invokestatic(SLOT, "own", OWN).putfield(this.self, SLOT_NAME, SLOT).return_();
				});
	}

	/** Ensures that the slot is the object's own. */
	private void checkSlot(CodeBuilder code) {
		Label own = code.newLabel();
		loadSlot(code).aload(0).invokestatic(SLOT, "isOf", IS_OF).ifne(own);
		code.aload(0).invokespecial(this.self, OWN_NAME, ConstantDescs.MTD_void).labelBinding(own);
	}

	/**
	 * Adds the method that calls a state by its number. It costs one frame; a method
	 * handle would cost three.
	 */
	private void addCallMethod(ClassBuilder type, StateTable table) {
		type.withMethodBody(CALL_NAME, MOVE, HIDDEN, (code) -> {
			checkSlot(code);
			for (StateSpec state : table.states()) {
				Label next = code.newLabel();
				Label ask = code.newLabel();
				MethodTypeDesc signature = signature(state.method());
				code.iload(1).loadConstant(state.index()).if_icmpne(next);
				loadSlot(code).iload(1).invokevirtual(SLOT, "enter", ENTER).ifeq(ask);
				runBody(code, state.name(), signature, (body) -> loadUnboxedArguments(body, signature));
				code.labelBinding(ask);
				loadSlot(code).iload(1).aload(2).invokevirtual(SLOT, "move", MOVE).return_().labelBinding(next);
			}
			code.return_();
		});
	}

	private void addConstructor(ClassBuilder type, MethodModel original) {
		MethodTypeDesc signature = original.methodTypeSymbol();
		type.withMethod(ConstantDescs.INIT_NAME, signature, original.flags().flagsMask(), (method) -> {
			copy(original, method, true);
			method.withCode((code) -> {
				code.aload(0).new_(SLOT).dup().invokespecial(SLOT, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
				code.putfield(this.self, SLOT_NAME, SLOT);
				code.aload(0);
				loadArguments(code, signature);
				code.invokespecial(this.superclass, ConstantDescs.INIT_NAME, signature).return_();
			});
		});
	}

	private void addState(ClassBuilder type, StateSpec state) {
		Method original = state.method();
		MethodTypeDesc signature = signature(original);
		int access = original.getModifiers() & (ClassFile.ACC_PUBLIC | ClassFile.ACC_PROTECTED);
		type.withMethod(state.name(), signature, access, (method) -> {
			MethodModel model = find(original, signature);
			if (model != null) {
				copy(model, method, false);
			}
			method.withCode((code) -> {
				Label ask = code.newLabel();
				checkSlot(code);
				loadSlot(code).loadConstant(state.index()).invokevirtual(SLOT, "enter", ENTER).ifeq(ask);
				runBody(code, state.name(), signature, (body) -> loadArguments(body, signature));
				code.labelBinding(ask);
				loadSlot(code).loadConstant(state.index());
				loadBoxedArguments(code, signature);
				code.invokevirtual(SLOT, "move", MOVE).return_();
			});
		});
	}

	private void runBody(CodeBuilder code, String name, MethodTypeDesc signature, Consumer<CodeBuilder> arguments) {
		code.trying((body) -> {
			body.aload(0);
			arguments.accept(body);
			body.invokespecial(this.superclass, name, signature);
			loadSlot(body).aconst_null().invokevirtual(SLOT, "leave", LEAVE).return_();
		}, (handlers) -> handlers.catchingAll((handler) -> {
			int thrown = handler.allocateLocal(TypeKind.REFERENCE);
			handler.astore(thrown);
			loadSlot(handler).aload(thrown).invokevirtual(SLOT, "leave", LEAVE).return_();
		}));
	}

	private CodeBuilder loadSlot(CodeBuilder code) {
		return code.aload(0).getfield(this.self, SLOT_NAME, SLOT);
	}

	private static void loadArguments(CodeBuilder code, MethodTypeDesc signature) {
		for (int i = 0; i < signature.parameterCount(); i++) {
			code.loadLocal(TypeKind.from(signature.parameterType(i)), code.parameterSlot(i));
		}
	}

	private static void loadBoxedArguments(CodeBuilder code, MethodTypeDesc signature) {
		code.loadConstant(signature.parameterCount()).anewarray(ConstantDescs.CD_Object);
		for (int i = 0; i < signature.parameterCount(); i++) {
			ClassDesc parameter = signature.parameterType(i);
			code.dup().loadConstant(i);
			code.loadLocal(TypeKind.from(parameter), code.parameterSlot(i));
			if (parameter.isPrimitive()) {
				ClassDesc box = desc(wrapper(parameter));
				code.invokestatic(box, "valueOf", MethodTypeDesc.of(box, parameter));
			}
			code.aastore();
		}
	}

	private static void loadUnboxedArguments(CodeBuilder code, MethodTypeDesc signature) {
		for (int i = 0; i < signature.parameterCount(); i++) {
			ClassDesc parameter = signature.parameterType(i);
			code.aload(2).loadConstant(i).aaload();
			if (parameter.isPrimitive()) {
				ClassDesc box = desc(wrapper(parameter));
				code.checkcast(box).invokevirtual(box, parameter.displayName() + "Value", MethodTypeDesc.of(parameter));
			}
			else {
				code.checkcast(parameter);
			}
		}
	}

	private static Class<?> wrapper(ClassDesc primitive) {
		return switch (TypeKind.from(primitive)) {
			case BOOLEAN -> Boolean.class;
			case BYTE -> Byte.class;
			case CHAR -> Character.class;
			case SHORT -> Short.class;
			case INT -> Integer.class;
			case LONG -> Long.class;
			case FLOAT -> Float.class;
			case DOUBLE -> Double.class;
			default -> throw new IllegalArgumentException(primitive.displayName());
		};
	}

	/**
	 * Copies what reflection shows: names, generics, exceptions, and for constructors
	 * also annotations.
	 */
	private static void copy(MethodModel from, MethodBuilder to, boolean annotations) {
		for (Attribute<?> attribute : from.attributes()) {
			switch (attribute) {
				case SignatureAttribute signature -> to.with(signature);
				case ExceptionsAttribute exceptions -> to.with(exceptions);
				case MethodParametersAttribute parameters -> to.with(parameters);
				case RuntimeVisibleAnnotationsAttribute visible when annotations -> to.with(visible);
				case RuntimeVisibleParameterAnnotationsAttribute visible when annotations -> to.with(visible);
				default -> {
				}
			}
		}
	}

	private @Nullable MethodModel find(Method method, MethodTypeDesc signature) {
		return model(method.getDeclaringClass()).methods()
			.stream()
			.filter((model) -> model.methodName().equalsString(method.getName())
					&& model.methodTypeSymbol().equals(signature))
			.findFirst()
			.orElse(null);
	}

	private ClassModel model(Class<?> type) {
		return this.models.computeIfAbsent(type, Enhancer::read);
	}

	private static ClassModel read(Class<?> type) {
		String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
		try (InputStream bytes = type.getResourceAsStream(file)) {
			if (bytes == null) {
				throw new IllegalStateException(
						"%s can't be enhanced for its states: its class loader does not provide its class file"
							.formatted(type.getName()));
			}
			return ClassFile.of().parse(bytes.readAllBytes());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The class file of " + type.getName() + " can't be read", ex);
		}
	}

	private static MethodTypeDesc signature(Method method) {
		return MethodType.methodType(method.getReturnType(), method.getParameterTypes())
			.describeConstable()
			.orElseThrow();
	}

	private static ClassDesc desc(Class<?> type) {
		return type.describeConstable().orElseThrow();
	}

}
