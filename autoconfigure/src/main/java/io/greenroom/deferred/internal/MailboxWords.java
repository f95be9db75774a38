package io.greenroom.deferred.internal;

/**
 * The words by which the callers of a mailbox and its processor meet. What the one side
 * writes all the time lies apart from what the other does: on one cache line, each write
 * would take that line away from the other side's core.
 */
final class MailboxWords extends WordPadding.AfterProcessors {

}
