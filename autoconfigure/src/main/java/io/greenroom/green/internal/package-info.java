/** What green threads run on; used by the packages beside it, and promised to nobody. */
@NullMarked
package io.greenroom.green.internal;

import org.jspecify.annotations.NullMarked;
