/**
 * The same desk twice, one of them a handler, and two hundred buyers at each. Start
 * reading at {@link io.greenroom.sample.race.Desk}.
 */
@NullMarked
package io.greenroom.sample.race;

import org.jspecify.annotations.NullMarked;
