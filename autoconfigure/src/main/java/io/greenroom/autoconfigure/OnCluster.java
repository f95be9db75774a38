package io.greenroom.autoconfigure;

import java.util.List;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if the application specifies how to find the other nodes. */
final class OnCluster extends SpringBootCondition {

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
