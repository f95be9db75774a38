/** The box office on three nodes, on one machine. */
@NullMarked
package io.greenroom.sample.nodes;

import org.jspecify.annotations.NullMarked;
