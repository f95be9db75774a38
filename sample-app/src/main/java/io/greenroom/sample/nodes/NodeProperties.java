package io.greenroom.sample.nodes;

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The nodes of the house.
 *
 * @param ports the HTTP ports of all nodes, all of them on this machine
 */
@ConfigurationProperties("box-office.nodes")
record NodeProperties(@DefaultValue List<Integer> ports) {

}
