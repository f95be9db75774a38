/** The rows of durable handlers in the application's SQL database. */
@NullMarked
package io.greenroom.jdbc.internal;

import org.jspecify.annotations.NullMarked;
