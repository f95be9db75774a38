/**
 * Values as text, and messages as bytes: what leaves the JVM for a database or another
 * node.
 */
@NullMarked
package io.greenroom.wire;

import org.jspecify.annotations.NullMarked;
