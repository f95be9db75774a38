package io.greenroom.state;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks advice that guards: that may reject a call, such as a permission check or a rate
 * limit. Goes on the class of an interceptor, an advisor or an aspect, or on one advice
 * method of an aspect.
 * <p>
 * Ordinary advice on a bean with {@linkplain State states} surrounds their bodies, on the
 * machine's green thread, when the machine has already moved. A guard instead surrounds
 * the call that requests the move: it runs on the caller's thread, before anything moves
 * and before the move is checked. What it throws reaches the caller. If it returns
 * without proceeding, the call has no effect. If it proceeds, that returns {@code null}
 * at once, and the move is requested after the last guard has returned, with the
 * arguments that the guards leave. A guard is not called again for the body, nor for
 * moves that do not come through the bean's proxy: those of a body through {@code this},
 * and timeouts.
 * <p>
 * Spring Security's method annotations and Spring's method validation are guards without
 * this annotation. For a class that cannot be annotated, use the property
 * {@code greenroom.state.guards}.
 */
@Documented
@Inherited
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
public @interface StateGuard {

}
