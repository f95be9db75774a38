/**
 * The Spring integration: post-processors, proxies, injection and lifecycle for the core
 * packages. Internal; may change at any time.
 */
@NullMarked
package io.greenroom.spring.internal;

import org.jspecify.annotations.NullMarked;
