/**
 * Support for tests of applications: a scheduler that controls the order and the time of
 * its green threads. Start with {@link io.greenroom.test.DeterministicScheduler}. Needs
 * no test framework.
 */
@NullMarked
package io.greenroom.test;

import org.jspecify.annotations.NullMarked;
