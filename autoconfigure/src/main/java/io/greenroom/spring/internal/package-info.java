/**
 * The Spring rim: post-processors, proxies, injection and lifecycle for the core
 * packages. Promises nothing.
 */
@NullMarked
package io.greenroom.spring.internal;

import org.jspecify.annotations.NullMarked;
