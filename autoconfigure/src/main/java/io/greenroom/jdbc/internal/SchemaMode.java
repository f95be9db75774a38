package io.greenroom.jdbc.internal;

/** Who makes the tables of durable handlers. */
public enum SchemaMode {

	/** Greenroom does, at the start, where they are missing. */
	CREATE,

	/**
	 * The application does; Greenroom looks at the start whether they are as they should
	 * be.
	 */
	VALIDATE,

	/** The application does, and the start does not need the database. */
	NONE

}
