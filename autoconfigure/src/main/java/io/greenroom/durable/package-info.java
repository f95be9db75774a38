/**
 * Handlers by key whose stored fields and state outlive the JVM: one row for each key, in
 * the application's own database.
 */
@NullMarked
package io.greenroom.durable;

import org.jspecify.annotations.NullMarked;
