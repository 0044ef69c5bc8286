/// The Core over real sockets on loopback, and its parts alone.
@NullMarked
package tucket.server.core;

import org.jspecify.annotations.NullMarked;
