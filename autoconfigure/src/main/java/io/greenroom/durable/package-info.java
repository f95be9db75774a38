/**
 * Keyed handlers whose stored fields and state outlive the JVM. Each key has one row in
 * the application's own database.
 */
@NullMarked
package io.greenroom.durable;

import org.jspecify.annotations.NullMarked;
