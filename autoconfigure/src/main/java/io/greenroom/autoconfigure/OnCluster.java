package io.greenroom.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if the application specifies how to find the other nodes. Also filters the
 * auto-configuration, so that it is not even read otherwise.
 */
final class OnCluster extends SpringBootCondition implements AutoConfigurationImportFilter, EnvironmentAware {

	private static final String CLUSTER = ClusterAutoConfiguration.class.getName();

	private @Nullable Environment environment;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public boolean[] match(@Nullable String[] configurations, AutoConfigurationMetadata metadata) {
		boolean[] matches = new boolean[configurations.length];
		for (int i = 0; i < matches.length; i++) {
			matches[i] = !CLUSTER.equals(configurations[i]) || this.environment == null || isWanted(this.environment);
		}
		return matches;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean wanted = isWanted(context.getEnvironment());
		return new ConditionOutcome(wanted,
				ConditionMessage.forCondition("Cluster")
					.because("greenroom.cluster.members and greenroom.cluster.kubernetes-dns are "
							+ (wanted ? "there" : "not set")));
	}

	static boolean isWanted(Environment environment) {
		if (!SettingsCheck.isAnySet("greenroom.cluster", environment)) {
			return false;
		}
		Binder binder = Binder.get(environment);
		List<String> members = binder.bind("greenroom.cluster.members", Bindable.listOf(String.class))
			.orElse(List.of());
		String dns = binder.bind("greenroom.cluster.kubernetes-dns", String.class).orElse("");
		return !dns.isBlank() || members.stream().anyMatch((member) -> !member.isBlank());
	}

}
