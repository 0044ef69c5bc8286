/// MSRP, the messages of a session (RFC 4975, 4976, 7701): grammar, chunks, reports, and a session as a pure state machine.
@NullMarked
package tucket.protocol.msrp;

import org.jspecify.annotations.NullMarked;
