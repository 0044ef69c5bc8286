/// The "is typing" indication (RFC 3994).
@NullMarked
package tucket.protocol.iscomposing;

import org.jspecify.annotations.NullMarked;
