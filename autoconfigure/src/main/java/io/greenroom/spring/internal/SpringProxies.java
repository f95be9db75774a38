package io.greenroom.spring.internal;

import org.springframework.aop.framework.AopProxyUtils;

/** Looks behind Spring's proxies. */
public final class SpringProxies {

	private SpringProxies() {
	}

	/**
	 * Returns the object behind a proxy, or behind several.
	 * @param object an object or a proxy
	 * @return the object itself, where it is always the same one; a proxy whose target
	 * changes is returned as it is
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
