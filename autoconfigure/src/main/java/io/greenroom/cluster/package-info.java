/**
 * Running on several nodes: each key of a handler has one owner, and calls find it.
 */
@NullMarked
package io.greenroom.cluster;

import org.jspecify.annotations.NullMarked;
