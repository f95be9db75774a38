package io.greenroom.hazelcast.internal;

import java.io.IOException;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.IdentifiedDataSerializable;

/**
 * Carries a message to another member as plain bytes. Neither Hazelcast nor Java
 * deserializes an object of the application from it.
 */
final class Delivery implements IdentifiedDataSerializable {

	static final int FACTORY = 0x67726e;

	static final int CLASS = 1;

	private String from = "";

	private byte[] message = {};

	Delivery() {
	}

	Delivery(String from, byte[] message) {
		this.from = from;
		this.message = message;
	}

	String from() {
		return this.from;
	}

	byte[] message() {
		return this.message;
	}

	@Override
	public int getFactoryId() {
		return FACTORY;
	}

	@Override
	public int getClassId() {
		return CLASS;
	}

	@Override
	public void writeData(ObjectDataOutput out) throws IOException {
		out.writeString(this.from);
		out.writeByteArray(this.message);
	}

	@Override
	public void readData(ObjectDataInput in) throws IOException {
		String sender = in.readString();
		byte[] bytes = in.readByteArray();
		this.from = (sender != null) ? sender : "";
		this.message = (bytes != null) ? bytes : new byte[0];
	}

}
