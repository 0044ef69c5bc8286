/// `tucket fuzz`: damaged input for every parser and for a whole server, for as long as wanted.
///
/// The parsers' targets are those of [tucket.protocol.fuzz]; [tucket.app.fuzz.ServerTarget] is a server of this process.
@NullMarked
package tucket.app.fuzz;

import org.jspecify.annotations.NullMarked;
