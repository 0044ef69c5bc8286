// Everything that comes from outside a server: time, chance, network and threads.
package tucket.transport;

/// Handed to every part that needs time, randomness, sockets or threads; nothing above `transport` reaches for them otherwise. With a
/// simulated world a whole server runs from one seed.
public record World(Clock clock, Network network, Chance chance, Threads threads) {}
