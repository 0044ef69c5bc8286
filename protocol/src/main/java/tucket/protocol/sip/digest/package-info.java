/// Digest authentication as SIP uses it (RFC 3261 section 22, RFC 7616, RFC 8760), with nonces that need no memory until they are used.
@NullMarked
package tucket.protocol.sip.digest;

import org.jspecify.annotations.NullMarked;
