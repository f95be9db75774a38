package io.greenroom.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import io.greenroom.deferred.Handlers;
import io.greenroom.green.GreenScheduler;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * The dump of everything that is alive: green threads, handlers, pools, machines, and who
 * waits for whom. As JSON, and as text to those who ask for {@code text/plain}.
 */
@Endpoint(id = "greenroom")
public final class GreenroomEndpoint {

	/** Enough to see what a thread does, and little enough for thousands of them. */
	private static final int FRAMES = 4;

	private final GreenroomDumps dumps;

	private final GreenScheduler scheduler;

	private final Supplier<@Nullable Handlers> handlers;

	private final Supplier<@Nullable StateMachines> stateMachines;

	private final ConfigurableListableBeanFactory beanFactory;

	/**
	 * Makes the endpoint.
	 * @param dumps takes the dumps
	 * @param scheduler whose threads and handlers to show
	 * @param handlers gives the handlers that are beans, if there are any
	 * @param stateMachines gives the machines, if there are any
	 * @param beanFactory where the machines that are beans are looked for
	 */
	public GreenroomEndpoint(GreenroomDumps dumps, GreenScheduler scheduler, Supplier<@Nullable Handlers> handlers,
			Supplier<@Nullable StateMachines> stateMachines, ConfigurableListableBeanFactory beanFactory) {
		this.dumps = dumps;
		this.scheduler = scheduler;
		this.handlers = handlers;
		this.stateMachines = stateMachines;
		this.beanFactory = beanFactory;
	}

	/**
	 * Takes a dump.
	 * @param frames how many frames of each thread's stack to take; 0 takes none
	 * @return the dump
	 */
	@ReadOperation
	public GreenroomDump dump(@Nullable Integer frames) {
		Handlers beans = this.handlers.get();
		return this.dumps.take(this.scheduler, (beans != null) ? beans.all() : List.of(), machines(),
				(frames != null) ? frames : FRAMES);
	}

	/**
	 * Takes a dump as text.
	 * @param frames how many frames of each thread's stack to take; 0 takes none
	 * @return the dump in words
	 */
	@ReadOperation(produces = "text/plain;charset=UTF-8")
	public String text(@Nullable Integer frames) {
		return dump(frames).toString();
	}

	/** Machines of beans that are there; none is made for the dump. */
	private List<GreenroomDump.Machine> machines() {
		StateMachines all = this.stateMachines.get();
		List<GreenroomDump.Machine> found = new ArrayList<>();
		for (String name : (all != null) ? this.beanFactory.getBeanDefinitionNames() : new String[0]) {
			Object bean = this.beanFactory.containsSingleton(name) ? this.beanFactory.getSingleton(name) : null;
			if (all != null && bean != null && StateMachines.isStateful(bean)) {
				StateMachine machine = all.of(bean);
				found.add(new GreenroomDump.Machine(name, machine.name(),
						machine.status().name().toLowerCase(Locale.ROOT), machine.current(), machine.since()));
			}
		}
		return found;
	}

}
