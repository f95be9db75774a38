/**
 * The Spring rim: post-processors, proxies, injection and lifecycle for the core
 * packages.
 */
@NullMarked
package io.greenroom.spring;

import org.jspecify.annotations.NullMarked;
