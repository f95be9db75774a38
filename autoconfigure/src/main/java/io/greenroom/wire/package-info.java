/**
 * What leaves the JVM, to a database or to another node, and comes back: values as text.
 */
@NullMarked
package io.greenroom.wire;

import org.jspecify.annotations.NullMarked;
