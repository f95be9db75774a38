package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls of this {@code void} method of a {@link DeferredHandler} return as soon as they
 * are in the mailbox. The body runs in its turn; what it throws is logged once and
 * counted, and the caller does not hear of it.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Oneway {

}
