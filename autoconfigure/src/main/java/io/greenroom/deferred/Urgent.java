package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls of this method of a {@link DeferredHandler} overtake waiting ordinary calls, and
 * run in order among themselves. While an ordinary call waits, at most eight urgent calls
 * run in a row; then one ordinary call has its turn. Urgent calls take room in the
 * mailbox like others, and never interrupt a running body.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Urgent {

}
