/**
 * Watches the carriers that virtual threads run on: whether one starts in time, and which
 * keep theirs while they wait.
 */
@NullMarked
package io.greenroom.watch.internal;

import org.jspecify.annotations.NullMarked;
