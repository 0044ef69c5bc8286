/// Damaged input for everything that reads what peers send, and what must hold of it.
///
/// A [tucket.protocol.fuzz.Target] makes inputs out of good messages (the corpora of this package, which the tests read too) and gives them to the
/// parsers; [tucket.protocol.fuzz.Fuzzer] plays one input or many and tells a refusal from a finding. The tests of each build run some thousands of
/// inputs, `./tucket fuzz` as many as wanted. An input is made from a seed and its number alone, so that any of them can be played again. Chance and
/// time are arguments.
@NullMarked
package tucket.protocol.fuzz;

import org.jspecify.annotations.NullMarked;
