/**
 * How Greenroom calls foreign code, and reports what it threw, without being broken by
 * either. For internal use by all packages; may change at any time.
 */
@NullMarked
package io.greenroom.observe.internal;

import org.jspecify.annotations.NullMarked;
