package io.greenroom.user;

import io.greenroom.deferred.Oneway;

/** Base classes with methods that only their own package sees, for handlers elsewhere. */
public abstract class Drawer {

	private int coins;

	int coins() {
		return this.coins;
	}

	/** Shows to everybody what its base shows to its package. */
	public abstract static class Open extends Drawer {

		@Override
		public int coins() {
			return super.coins();
		}

	}

	/** Has an annotation where it can't have an effect. */
	public abstract static class Annotated {

		@Oneway
		void clear() {
			// Nothing to do.
		}

	}

}
