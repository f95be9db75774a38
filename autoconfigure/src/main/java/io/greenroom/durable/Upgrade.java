package io.greenroom.durable;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the method of a {@link Durable} handler that reads rows of an older
 * {@linkplain Durable#version() version}. It is called once for such a row, before the
 * first call of the instance, and sets the stored fields:
 * {@code void upgrade(int version, Map<String,
 * Object> stored)}. The map holds the values of the row as strings, numbers, booleans,
 * lists and maps.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Upgrade {

}
