package io.greenroom.autoconfigure;

import io.greenroom.deferred.Deferred;

import org.springframework.beans.factory.annotation.Qualifier;

class Orders {

	final Inventory inventory;

	final Deferred<Inventory> deferred;

	Orders(@Qualifier("inventory") Inventory inventory, @Qualifier("inventory") Deferred<Inventory> deferred) {
		this.inventory = inventory;
		this.deferred = deferred;
	}

}
