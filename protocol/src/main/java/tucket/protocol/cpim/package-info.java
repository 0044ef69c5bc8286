/// CPIM, the envelope that carries a message end to end (RFC 3862), with the header fields of RFC 5438: read leniently, written
/// canonically.
@NullMarked
package tucket.protocol.cpim;

import org.jspecify.annotations.NullMarked;
