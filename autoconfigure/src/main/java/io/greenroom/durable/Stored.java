package io.greenroom.durable;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a field of a {@link Durable} handler that is kept in the row of its key. The
 * field is read before the first call, and written after each call that has changed it.
 * If a call fails, the field, including the contents of its value, is restored to what it
 * was before the call.
 * <p>
 * The field must be neither static nor final, and it must be possible to write its type
 * as JSON and read it back. A field that is missing in a row keeps its initial value.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Stored {

}
