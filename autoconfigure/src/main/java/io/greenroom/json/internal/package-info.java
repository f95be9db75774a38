/** {@link io.greenroom.wire.Codec} in JSON, by Jackson. */
@NullMarked
package io.greenroom.json.internal;

import org.jspecify.annotations.NullMarked;
