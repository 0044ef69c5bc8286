/// From names to transport addresses (RFC 3263).
@NullMarked
package tucket.transport.dns;

import org.jspecify.annotations.NullMarked;
