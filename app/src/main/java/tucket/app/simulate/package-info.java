/// The whole server on simulated machines, driven by users, faults and chance from one seed, with the laws of ARCHITECTURE.md as invariants.
///
/// [tucket.app.simulate.Simulation] is one run, [tucket.app.simulate.Ledger] judges it, [tucket.app.simulate.Phone] is a device, and
/// [tucket.app.simulate.Site] the machine with the server and its disk. The page docs/simulation.md says how to read what a run prints.
@NullMarked
package tucket.app.simulate;

import org.jspecify.annotations.NullMarked;
