/// MSRP over real sockets.
@NullMarked
package tucket.transport.msrp;

import org.jspecify.annotations.NullMarked;
