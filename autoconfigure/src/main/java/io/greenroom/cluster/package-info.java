/**
 * Several nodes: each key of a handler has one owner among them, and its calls find it.
 */
@NullMarked
package io.greenroom.cluster;

import org.jspecify.annotations.NullMarked;
