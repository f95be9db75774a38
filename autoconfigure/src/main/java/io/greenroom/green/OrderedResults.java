package io.greenroom.green;

/** Results in the order of their items. */
final class OrderedResults<A, R> extends MappedResults<A, R> {

	OrderedResults(Mapping<A, R> mapping) {
		super(mapping);
	}

	@Override
	GreenThread<R> handOut(Mapping<A, R> mapping) throws InterruptedException {
		GreenThread<R> next = mapping.first();
		next.join();
		mapping.handOut(next);
		return next;
	}

}
