/**
 * Green threads: what gevent gives a Python developer, on the JDK's virtual threads. Can
 * be used without Spring, starting from {@link io.greenroom.green.GreenScheduler}.
 */
@NullMarked
package io.greenroom.green;

import org.jspecify.annotations.NullMarked;
