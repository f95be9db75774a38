/** {@code Nodes} by a Hazelcast member of our own. Promises nothing. */
@NullMarked
package io.greenroom.hazelcast.internal;

import org.jspecify.annotations.NullMarked;
