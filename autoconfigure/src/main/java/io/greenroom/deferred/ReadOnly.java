package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Bodies of this method of a {@link DeferredHandler} only read, so they may run
 * concurrently with each other, each on a green thread of its own. They never run
 * concurrently with any other body or the handler's loop. Consecutive read-only calls in
 * the mailbox run together. A call that is not read-only waits for those before it, and
 * is not overtaken by those behind it.
 * <p>
 * A read-only body that calls a method of its own handler that is not read-only would
 * wait for itself, so it gets a {@link DeferredDeadlockException}. A oneway call is
 * queued.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface ReadOnly {

}
