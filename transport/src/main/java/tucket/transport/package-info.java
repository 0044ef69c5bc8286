/// The outside of the system: network, clock, chance and threads, all reached through [World] so that a whole server can also run simulated.
///
/// This is the only module that opens sockets or asks the time.
@NullMarked
package tucket.transport;

import org.jspecify.annotations.NullMarked;
