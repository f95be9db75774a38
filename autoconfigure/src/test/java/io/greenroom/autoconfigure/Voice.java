package io.greenroom.autoconfigure;

interface Voice {

	String say(String text);

	Thread thread();

}
