package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The loop of a {@link DeferredHandler} that has work of its own: a {@code void} method
 * with one parameter of type {@link DeferredCalls}. It runs on the handler's green thread
 * from the start of the context. Calls run only when it calls
 * {@link DeferredCalls#process()}, so nothing else touches the handler between two such
 * calls.
 * <p>
 * The loop should return soon after {@link DeferredCalls#isClosing()} becomes
 * {@code true}. When it returns, calls that are still queued run, and the handler is
 * closed. If it throws, waiting and later callers get a {@link HandlerStoppedException}
 * with the cause.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface ProcessingLoop {

}
