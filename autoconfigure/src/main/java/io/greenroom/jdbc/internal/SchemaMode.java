package io.greenroom.jdbc.internal;

/** Determines who creates the tables of durable handlers. */
public enum SchemaMode {

	/** Greenroom creates missing tables at the start. */
	CREATE,

	/**
	 * The application creates the tables; Greenroom checks them at the start.
	 */
	VALIDATE,

	/** The application creates the tables, and the start does not need the database. */
	NONE

}
