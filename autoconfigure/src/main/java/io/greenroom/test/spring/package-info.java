/**
 * Puts the applications of {@link io.greenroom.test.GreenroomTest @GreenroomTest} classes
 * on a deterministic scheduler. Found by Spring's test framework; applications name
 * nothing of it.
 */
@NullMarked
package io.greenroom.test.spring;

import org.jspecify.annotations.NullMarked;
