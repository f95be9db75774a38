/**
 * How Greenroom calls code that is not its own, and speaks of what it threw, without
 * being broken by either. Used by all of its packages, and promised to nobody.
 */
@NullMarked
package io.greenroom.observe.internal;

import org.jspecify.annotations.NullMarked;
