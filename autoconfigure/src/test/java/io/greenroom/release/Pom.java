package io.greenroom.release;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A POM as it is written, without what it inherits. */
record Pom(Element root) {

	static final Path TOP = Path.of("..");

	/** Reads the POM of a module; that of the parent is in the folder {@code .}. */
	static Pom of(String module) {
		try {
			return new Pom(DocumentBuilderFactory.newInstance()
				.newDocumentBuilder()
				.parse(TOP.resolve(module).resolve("pom.xml").toFile())
				.getDocumentElement());
		}
		catch (IOException | SAXException | ParserConfigurationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Returns the elements at a path of names, where {@code **} is any depth. */
	Stream<Element> all(String path) {
		Stream<Element> found = Stream.of(this.root);
		boolean anywhere = false;
		for (String name : path.split("/")) {
			if (name.equals("**")) {
				anywhere = true;
				continue;
			}
			found = found.flatMap(anywhere ? (at) -> descendants(at, name)
					: (at) -> children(at).filter((child) -> child.getTagName().equals(name)));
			anywhere = false;
		}
		return found;
	}

	/** Returns the text of the only element at a path; null if there is none. */
	@Nullable String text(String path) {
		List<Element> found = all(path).toList();
		return found.isEmpty() ? null : found.getFirst().getTextContent().strip();
	}

	/** Returns the text of a child, or what is to be assumed without it. */
	static String text(Element of, String child, String otherwise) {
		return children(of).filter((each) -> each.getTagName().equals(child))
			.map((each) -> each.getTextContent().strip())
			.findFirst()
			.orElse(otherwise);
	}

	static Stream<Element> children(Element of) {
		return elements(of.getChildNodes());
	}

	private static Stream<Element> descendants(Element of, String name) {
		return elements(of.getElementsByTagName(name));
	}

	private static Stream<Element> elements(NodeList nodes) {
		return IntStream.range(0, nodes.getLength())
			.mapToObj(nodes::item)
			.filter((node) -> node.getNodeType() == Node.ELEMENT_NODE)
			.map(Element.class::cast);
	}

}
