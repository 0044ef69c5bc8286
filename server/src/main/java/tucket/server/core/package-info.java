/// The embedded SIP/IP Core: it knows the users, authenticates them, asserts who they are, registers their devices, and takes requests to
/// the functions of the IM Server, to devices and to other domains (reference points IM-1 and IM-2). [ExternalCore] is the same IM-2 behind
/// somebody else's core.
@NullMarked
package tucket.server.core;

import org.jspecify.annotations.NullMarked;
