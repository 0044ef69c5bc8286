/// Tests of the real network, on loopback sockets.
@NullMarked
package tucket.transport.net;

import org.jspecify.annotations.NullMarked;
