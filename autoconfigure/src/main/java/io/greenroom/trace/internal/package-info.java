/** Internal support for the observations of handler calls and states. */
@NullMarked
package io.greenroom.trace.internal;

import org.jspecify.annotations.NullMarked;
