/// Session descriptions (RFC 4566) and the offer and answer of message media (RFC 3264, 4975, 6135, 5547, 6714).
@NullMarked
package tucket.protocol.sdp;

import org.jspecify.annotations.NullMarked;
