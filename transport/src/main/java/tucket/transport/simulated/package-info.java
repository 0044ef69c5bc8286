/// A world that is all in one thread and comes from one seed: clock, network, chance and threads of simulated machines.
///
/// [tucket.transport.simulated.Simulator] holds the time and what is to happen; a [tucket.transport.simulated.Machine] has an address and a
/// wall clock and runs a [tucket.transport.simulated.SimulatedProcess] at a time, whose `world()` is what a server or a client is built on. Two runs
/// with the same seed do the same in the same order: [tucket.transport.simulated.EventLog] proves it by a hash over everything that happened.
@NullMarked
package tucket.transport.simulated;

import org.jspecify.annotations.NullMarked;
