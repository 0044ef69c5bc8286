/// The real world: sockets, TLS, time, chance and threads, made with Netty and the JDK.
///
/// One event loop a core does all packets. A [NettyNetwork] owns the loops; what arrives is handed on as a fresh array on the loop that
/// read it, what is sent is queued by the sender and written once a loop tick, so that many small messages share one system call.
/// [SystemWorld] puts the parts together.
@NullMarked
package tucket.transport.net;

import org.jspecify.annotations.NullMarked;
