package io.greenroom.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Places the states of a diagram in layers from top to bottom. Moves that close a cycle
 * run upwards. A move over several layers gets a place of its own in each layer that it
 * crosses, so that its line passes between the boxes. Uses only integers and stable
 * sorting, so the same diagram always has the same layout.
 */
final class DiagramLayout {

	static final int HEIGHT = 34;

	private static final int LAYER = 92;

	private static final int GAP = 34;

	private static final int CHARACTER = 8;

	private static final int SWEEPS = 8;

	/** A state, or the place where a line crosses a layer. */
	static final class Place {

		final int layer;

		final int width;

		/** The centre. */
		int x;

		private final List<Place> above = new ArrayList<>();

		private final List<Place> below = new ArrayList<>();

		Place(int layer, int width) {
			this.layer = layer;
			this.width = width;
		}

		int y() {
			return this.layer * LAYER + HEIGHT;
		}

	}

	/**
	 * A move's places from the upper to the lower state.
	 *
	 * @param edge the move
	 * @param upwards whether it runs from the lower to the upper state
	 * @param places at least two places
	 */
	record Line(Drawing.Arrow edge, boolean upwards, List<Place> places) {
	}

	private final Drawing diagram;

	private final Map<String, Place> boxes = new HashMap<>();

	private final List<Line> lines = new ArrayList<>();

	private final List<List<Place>> layers = new ArrayList<>();

	DiagramLayout(Drawing diagram) {
		this.diagram = diagram;
		List<String> order = new ArrayList<>();
		Set<Drawing.Arrow> upwards = new HashSet<>();
		Set<String> open = new HashSet<>();
		diagram.starts().forEach((state) -> visit(state.name(), order, open, upwards));
		diagram.states().forEach((state) -> visit(state.name(), order, open, upwards));
		Map<String, Integer> depths = depths(order.reversed(), upwards);
		Map<String, String> labels = new HashMap<>();
		diagram.states().forEach((state) -> labels.put(state.name(), diagram.label(state)));
		for (String state : order.reversed()) {
			this.boxes.put(state, add(depths.getOrDefault(state, 0), width(labels.getOrDefault(state, state))));
		}
		diagram.arrows().forEach((edge) -> connect(edge, upwards.contains(edge)));
		for (int i = 0; i < SWEEPS; i++) {
			this.layers.forEach((layer) -> sort(layer, (place) -> place.above));
			this.layers.reversed().forEach((layer) -> sort(layer, (place) -> place.below));
		}
		this.layers.forEach(DiagramLayout::spread);
		for (int i = 0; i < SWEEPS; i++) {
			this.layers.forEach((layer) -> straighten(layer, (place) -> place.above));
			this.layers.reversed().forEach((layer) -> straighten(layer, (place) -> place.below));
		}
		moveIntoView();
	}

	Place box(String state) {
		return java.util.Objects.requireNonNull(this.boxes.get(state));
	}

	List<Line> lines() {
		return this.lines;
	}

	int width() {
		return this.boxes.values().stream().mapToInt((box) -> box.x + box.width / 2).max().orElse(0) + GAP + 26;
	}

	int height() {
		return this.layers.size() * LAYER;
	}

	static int width(String text) {
		return Math.max(60, text.length() * CHARACTER + 24);
	}

	private List<Drawing.Arrow> leaving(String state) {
		return this.diagram.arrows().stream().filter((edge) -> edge.from().equals(state)).toList();
	}

	/**
	 * Adds a state after all states that follow it, and records the moves that close a
	 * cycle.
	 */
	private void visit(String state, List<String> order, Set<String> open, Set<Drawing.Arrow> upwards) {
		if (order.contains(state) || !open.add(state)) {
			return;
		}
		for (Drawing.Arrow edge : leaving(state)) {
			if (open.contains(edge.to())) {
				upwards.add(edge);
			}
			else {
				visit(edge.to(), order, open, upwards);
			}
		}
		open.remove(state);
		order.add(state);
	}

	private Map<String, Integer> depths(List<String> order, Set<Drawing.Arrow> upwards) {
		Map<String, Integer> depths = new HashMap<>();
		for (String state : order) {
			int depth = depths.getOrDefault(state, 0);
			leaving(state).stream()
				.filter((edge) -> !upwards.contains(edge))
				.forEach((edge) -> depths.merge(edge.to(), depth + 1, Math::max));
		}
		return depths;
	}

	private Place add(int layer, int width) {
		while (this.layers.size() <= layer) {
			this.layers.add(new ArrayList<>());
		}
		Place place = new Place(layer, width);
		this.layers.get(layer).add(place);
		return place;
	}

	private void connect(Drawing.Arrow edge, boolean upwards) {
		Place upper = box(upwards ? edge.to() : edge.from());
		Place lower = box(upwards ? edge.from() : edge.to());
		List<Place> places = new ArrayList<>(List.of(upper));
		for (int layer = upper.layer + 1; layer < lower.layer; layer++) {
			places.add(add(layer, CHARACTER));
		}
		places.add(lower);
		for (int i = 1; i < places.size() && upper != lower; i++) {
			places.get(i - 1).below.add(places.get(i));
			places.get(i).above.add(places.get(i - 1));
		}
		this.lines.add(new Line(edge, upwards, places));
	}

	private void sort(List<Place> layer, Function<Place, List<Place>> neighbours) {
		Map<Place, Double> wanted = new HashMap<>();
		for (int i = 0; i < layer.size(); i++) {
			double own = i;
			Place place = layer.get(i);
			wanted.put(place,
					neighbours.apply(place)
						.stream()
						.mapToInt((other) -> this.layers.get(other.layer).indexOf(other))
						.average()
						.orElse(own));
		}
		layer.sort(Comparator.comparing(wanted::get));
	}

	private static int distance(Place left, Place right) {
		return (left.width + right.width) / 2 + GAP;
	}

	private static void spread(List<Place> layer) {
		for (int i = 1; i < layer.size(); i++) {
			layer.get(i).x = layer.get(i - 1).x + distance(layer.get(i - 1), layer.get(i));
		}
		int middle = (layer.getFirst().x + layer.getLast().x) / 2;
		layer.forEach((place) -> place.x -= middle);
	}

	/**
	 * Moves each place towards its neighbours. The places keep their distance, because
	 * the result is the mean of pushing them apart from the left and from the right.
	 */
	private static void straighten(List<Place> layer, Function<Place, List<Place>> neighbours) {
		int[] left = new int[layer.size()];
		int[] right = new int[layer.size()];
		for (int i = 0; i < left.length; i++) {
			Place place = layer.get(i);
			left[i] = (int) Math
				.round(neighbours.apply(place).stream().mapToInt((other) -> other.x).average().orElse(place.x));
			right[i] = left[i];
		}
		for (int i = 1; i < left.length; i++) {
			left[i] = Math.max(left[i], left[i - 1] + distance(layer.get(i - 1), layer.get(i)));
		}
		for (int i = right.length - 2; i >= 0; i--) {
			right[i] = Math.min(right[i], right[i + 1] - distance(layer.get(i), layer.get(i + 1)));
		}
		for (int i = 0; i < left.length; i++) {
			layer.get(i).x = Math.floorDiv(left[i] + right[i], 2);
		}
	}

	private void moveIntoView() {
		int leftmost = this.layers.stream()
			.flatMap(List::stream)
			.mapToInt((place) -> place.x - place.width / 2)
			.min()
			.orElse(0);
		this.layers.forEach((layer) -> layer.forEach((place) -> place.x += GAP - leftmost));
	}

}
