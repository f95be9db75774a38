package io.greenroom.deferred.internal;

/**
 * The words through which the callers of a mailbox and its processor communicate. What
 * one side writes all the time lies apart from what the other side writes. On a shared
 * cache line, each write would take that line away from the other side's core.
 */
final class MailboxWords extends WordPadding.AfterProcessors {

}
