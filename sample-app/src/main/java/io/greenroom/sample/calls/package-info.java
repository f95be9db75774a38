/**
 * Long polling: actors wait in the green room until somebody calls, each request in plain
 * blocking code. Start reading at {@link io.greenroom.sample.calls.CallController}.
 */
@NullMarked
package io.greenroom.sample.calls;

import org.jspecify.annotations.NullMarked;
