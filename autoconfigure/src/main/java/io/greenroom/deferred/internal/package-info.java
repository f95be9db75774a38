/**
 * What generated classes must be able to see. Promises nothing.
 */
@NullMarked
package io.greenroom.deferred.internal;

import org.jspecify.annotations.NullMarked;
