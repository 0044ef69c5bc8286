/// SIP messages (RFC 3261 sections 7, 18 to 20, 25): read lazily, changed by sharing bytes, written by copying them; URIs, header values,
/// stream framing, the verdicts of RFC 4475 and the caller preferences of RFC 3840 and 3841.
@NullMarked
package tucket.protocol.sip;

import org.jspecify.annotations.NullMarked;
