/**
 * Long polling: actors wait in the green room until they are called, each request in
 * plain blocking code. Start reading at {@link io.greenroom.sample.calls.CallController}.
 */
@NullMarked
package io.greenroom.sample.calls;

import org.jspecify.annotations.NullMarked;
