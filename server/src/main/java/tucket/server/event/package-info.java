/// SIP-specific event notification (RFC 6665): an event package is a class, the dialogs of all of them are kept by one notifier.
@NullMarked
package tucket.server.event;

import org.jspecify.annotations.NullMarked;
