package io.greenroom.spring.internal;

import org.springframework.aop.framework.AopProxyUtils;

/** Finds the objects behind Spring's proxies. */
public final class SpringProxies {

	private SpringProxies() {
	}

	/**
	 * Returns the object behind one or several proxies.
	 * @param object an object or a proxy
	 * @return the target if it is always the same object; a proxy whose target changes is
	 * returned as it is
	 */
	public static Object targetOf(Object object) {
		Object seen = object;
		for (Object behind = AopProxyUtils.getSingletonTarget(seen); behind != null;) {
			seen = behind;
			behind = AopProxyUtils.getSingletonTarget(seen);
		}
		return seen;
	}

}
