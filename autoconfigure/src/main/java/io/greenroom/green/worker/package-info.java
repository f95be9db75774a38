/**
 * The deterministic scheduler, which runs green threads step by step in a time of its
 * own.
 */
@NullMarked
package io.greenroom.green.worker;

import org.jspecify.annotations.NullMarked;
