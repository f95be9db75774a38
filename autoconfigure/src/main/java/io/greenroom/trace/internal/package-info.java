/**
 * The observations of calls and states, once there is a registry for them.
 */
@NullMarked
package io.greenroom.trace.internal;

import org.jspecify.annotations.NullMarked;
