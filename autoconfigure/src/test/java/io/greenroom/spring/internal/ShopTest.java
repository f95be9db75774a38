package io.greenroom.spring.internal;

import io.greenroom.state.StateMachine;

import org.springframework.context.ApplicationContext;

interface ShopTest {

	void run(Shop shop, StateMachine machine, ApplicationContext context) throws Exception;

}
