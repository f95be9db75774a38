package io.greenroom.state;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says of an advice that it guards: that it may reject a call, as a permission check or a
 * rate limit does. On the class of an interceptor, an advisor or an aspect, or on one
 * advice method of an aspect.
 * <p>
 * An advice on a bean with {@linkplain State states} goes round their bodies, on the
 * machine's green thread, when the machine has moved already. One that guards is called
 * for the call that asks for the move instead: on the caller's thread, before anything
 * moves and before it is looked at whether the move is legal. What it throws reaches the
 * caller; where it returns without proceeding, the call has done nothing. If it proceeds,
 * that returns at once with {@code null}, and the move is asked for after the last guard
 * has returned, with the arguments that the guards leave. A guard is not called again for
 * the body, nor for moves that do not come through the bean's proxy: those of a body with
 * {@code this}, and timeouts.
 * <p>
 * Spring Security's annotations for method calls and Spring's method validation guard
 * without being marked. For a class that can't be annotated there is the setting
 * {@code greenroom.state.guards}.
 */
@Documented
@Inherited
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
public @interface StateGuard {

}
