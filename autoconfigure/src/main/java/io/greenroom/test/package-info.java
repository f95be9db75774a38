/**
 * For users' tests: a scheduler whose green threads run in an order and a time of the
 * test's own, starting from {@link io.greenroom.test.DeterministicScheduler}. Needs no
 * test framework.
 */
@NullMarked
package io.greenroom.test;

import org.jspecify.annotations.NullMarked;
