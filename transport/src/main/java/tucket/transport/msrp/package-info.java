/// MSRP on sockets (RFC 4975): listeners, connections, and the sessions that run over them.
@NullMarked
package tucket.transport.msrp;

import org.jspecify.annotations.NullMarked;
