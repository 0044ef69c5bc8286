// The load generator: many users on one thread.
/// Plays users who register, send messages and take what comes, against any server that is a registrar and relays MESSAGE (RFC 3261,
/// RFC 3428), and checks what arrives: nothing lost, nothing twice, in each sender's order. It has a light path of its own on
/// [tucket.transport.Network], with messages that are laid out beforehand and answers that are read only as far as needed, so that it is
/// not the limit of what it measures.
@NullMarked
package tucket.app.load;

import org.jspecify.annotations.NullMarked;
