/// What every protocol of this library shares: the one exception a parser may throw.
///
/// The whole module is pure: bytes in, values out. No sockets, threads, clocks, loggers or randomness; where time matters it is an argument.
@NullMarked
package tucket.protocol;

import org.jspecify.annotations.NullMarked;
