package io.greenroom.keyed;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the parameter of a {@link io.greenroom.deferred.DeferredHandler} class's
 * constructor that gets the key: there is one instance of the class for each key then,
 * reached by {@link Keyed}. The other parameters are beans.
 * <p>
 * A key is a {@code String}, {@code Long}, {@code Integer}, {@link java.util.UUID} or of
 * an enum, and its text has at most 200 characters.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Key {

}
