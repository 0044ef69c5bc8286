// The benchmarks: our server beside what people use today, in the same run.
/// Each figure is measured in turns (ours, the peer, ours, the peer ...) with the load generator of [tucket.app.load]; CPU time is what the
/// operating system has counted for all processes and threads of a server. Servers listen on loopback only, on free ports, with data in a
/// temporary folder; all of it is gone at the end. Nothing here runs as a test of the build: times depend on the machine.
@NullMarked
package tucket.app.load.bench;

import org.jspecify.annotations.NullMarked;
