/**
 * The prompter: request and reply over ZeroMQ, in plain blocking code on both sides.
 * Start reading at {@link io.greenroom.sample.prompter.PromptBox}.
 */
@NullMarked
package io.greenroom.sample.prompter;

import org.jspecify.annotations.NullMarked;
