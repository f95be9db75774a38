package io.greenroom.hazelcast;

import com.hazelcast.config.Config;

/**
 * Customizes the Hazelcast member that Greenroom starts for a cluster. Beans of this type
 * are called in order, once, before the member starts. The configuration that they get
 * has the {@code greenroom.cluster.*} settings applied. The network is configured by
 * {@link Config#getAdvancedNetworkConfig()}; a customizer that changes
 * {@link Config#getNetworkConfig()} fails the start. Hazelcast instances of the
 * application itself are not affected.
 */
@FunctionalInterface
public interface ClusterMemberCustomizer {

	/**
	 * Customizes the configuration of the member.
	 * @param config the configuration to change
	 */
	void customize(Config config);

}
