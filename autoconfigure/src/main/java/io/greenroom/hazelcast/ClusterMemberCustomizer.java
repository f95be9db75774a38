package io.greenroom.hazelcast;

import com.hazelcast.config.Config;

/**
 * Changes how this node's own Hazelcast member is set up. A bean of this type is asked
 * once, before the member starts, with what the keys {@code greenroom.cluster.*} have
 * said; several are asked in their order. The application's own Hazelcast is not meant.
 */
@FunctionalInterface
public interface ClusterMemberCustomizer {

	/**
	 * Changes the member's configuration.
	 * @param config the configuration
	 */
	void customize(Config config);

}
