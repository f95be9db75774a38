package io.greenroom.durable;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a field of a {@link Durable} handler that is kept in its key's row: read before
 * the first call, written after each call that has changed it. A call that fails leaves
 * it as it was before, and what it holds too.
 * <p>
 * The field is neither static nor final, and its type can be written as JSON and read
 * back. A field that a row does not have yet keeps its initial value.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Stored {

}
