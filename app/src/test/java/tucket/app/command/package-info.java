/// The commands, run against a server over real sockets.
@NullMarked
package tucket.app.command;

import org.jspecify.annotations.NullMarked;
