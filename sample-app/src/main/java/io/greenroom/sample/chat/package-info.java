/**
 * A chat room that browsers (WebSocket) and terminals (telnet) share: one handler, and
 * two green threads for each connection. Start reading at
 * {@link io.greenroom.sample.chat.Room}.
 */
@NullMarked
package io.greenroom.sample.chat;

import org.jspecify.annotations.NullMarked;
