/// The reference points IM-1 to IM-8 of the OMA architecture as Java interfaces. The Core and the IM Server meet only here: embedded, a hop is a
/// method call; apart, the same face is SIP, MSRP or XCAP on a wire.
@NullMarked
package tucket.server.reference;

import org.jspecify.annotations.NullMarked;
