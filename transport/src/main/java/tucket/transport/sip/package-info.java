/// The SIP stack: flows, connection reuse, transactions, RFC 3263 failover (RFC 3261 sections 8, 17 and 18).
///
/// [tucket.transport.sip.SipStack] is the whole face of it. Packets are parsed and matched on the network's event threads; each new
/// request then has a virtual thread of its own; retransmissions have none.
@NullMarked
package tucket.transport.sip;

import org.jspecify.annotations.NullMarked;
