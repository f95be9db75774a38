package io.greenroom.durable;

import org.jspecify.annotations.Nullable;

/**
 * What a database holds of one key. Users don't need this.
 *
 * @param id which row
 * @param version counts the writes of the row, from 1
 * @param shape the version of the class that wrote it
 * @param stored the stored fields as text, {@code null} if nothing was written there
 */
public record Row(RowId id, long version, int shape, @Nullable String stored) {

}
