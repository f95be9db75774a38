package io.greenroom.green;

/** Results in the order in which they become ready. */
final class UnorderedResults<A, R> extends MappedResults<A, R> {

	private final Mapping.Tasks tasks;

	private final Completions<R> completions;

	UnorderedResults(Mapping<A, R> mapping, Mapping.Tasks tasks, Completions<R> completions) {
		super(mapping);
		this.tasks = tasks;
		this.completions = completions;
	}

	@Override
	GreenThread<R> handOut(Mapping<A, R> mapping) throws InterruptedException {
		while (true) {
			GreenThread<R> next = this.completions.take(this.tasks);
			// One that could not be begun has ended, too.
			if (mapping.handOut(next)) {
				return next;
			}
		}
	}

}
