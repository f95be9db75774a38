/**
 * Support for tests of applications: a scheduler that controls the order and the time of
 * its green threads, explorations of orders, held mailboxes, and assertions. Start with
 * {@link io.greenroom.test.GreenroomTest @GreenroomTest} in JUnit, or with
 * {@link io.greenroom.test.DeterministicScheduler} anywhere. The annotation needs JUnit
 * Jupiter, the assertions need AssertJ, and everything else needs no test framework.
 */
@NullMarked
package io.greenroom.test;

import org.jspecify.annotations.NullMarked;
