/// The four transaction machines of RFC 3261 section 17 (with RFC 6026 and RFC 4320), their keys, and dialogs (section 12).
///
/// A machine is pure: it is told of events together with the time and answers through an [Output]. Whoever runs it sends, delivers and
/// keeps the timers, and lets one event in at a time.
@NullMarked
package tucket.protocol.sip.transaction;

import org.jspecify.annotations.NullMarked;
