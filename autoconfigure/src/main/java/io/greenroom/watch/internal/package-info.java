/**
 * Monitors the carriers of virtual threads: whether a virtual thread starts in time, and
 * which virtual threads keep their carrier while they wait.
 */
@NullMarked
package io.greenroom.watch.internal;

import org.jspecify.annotations.NullMarked;
