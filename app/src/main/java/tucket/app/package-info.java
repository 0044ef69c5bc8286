/// The program: it reads the configuration, wires all parts together, and offers the commands of `tucket`.
///
/// The only module that knows every other one. Start reading at `Main` (the commands) or at `Assembly` (the wiring).
@NullMarked
package tucket.app;

import org.jspecify.annotations.NullMarked;
