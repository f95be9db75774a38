package io.greenroom.keyed;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the constructor parameter of a {@link io.greenroom.deferred.DeferredHandler}
 * class that receives the key. Such a class has one instance for each key, and
 * {@link Keyed} gives access to them. The other parameters are beans.
 * <p>
 * A key is a {@code String}, a {@code Long}, an {@code Integer}, a {@link java.util.UUID}
 * or a constant of an enum. Its text has up to 200 characters.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Key {

}
