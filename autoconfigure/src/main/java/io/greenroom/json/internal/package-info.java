/** {@link io.greenroom.wire.Codec} for JSON, with Jackson. */
@NullMarked
package io.greenroom.json.internal;

import org.jspecify.annotations.NullMarked;
