/**
 * The guest book: JDBC in plain blocking code, behind a pool as large as the connection
 * pool.
 */
@NullMarked
package io.greenroom.sample.guestbook;

import org.jspecify.annotations.NullMarked;
