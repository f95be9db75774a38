/**
 * The console: the page that shows operators what the endpoint reports, and the stream
 * that keeps it current.
 */
@NullMarked
package io.greenroom.console.internal;

import org.jspecify.annotations.NullMarked;
