/** Programs and connections on green threads. */
@NullMarked
package io.greenroom.green.io;

import org.jspecify.annotations.NullMarked;
