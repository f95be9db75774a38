package io.greenroom.durable.internal;

/**
 * What all deliveries of an outbox share.
 *
 * @param store stores the calls and the ownership of lanes
 * @param rows provides the transactions
 * @param options how calls are delivered
 * @param lease the lease of this process on its lanes
 * @param context opens the callers' context
 */
record OutboxMeans(OutboxStore store, RowStore rows, OutboxOptions options, OutboxLease lease, OutboxContext context) {

}
