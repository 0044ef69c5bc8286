/// Tests of RFC 3263, against a real little DNS server on loopback.
@NullMarked
package tucket.transport.dns;

import org.jspecify.annotations.NullMarked;
