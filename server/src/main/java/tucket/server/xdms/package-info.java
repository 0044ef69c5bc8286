/// The XDMSs: the IM XDMS and the Shared XDMSs as one XCAP server (RFC 4825) with an application usage a class, the Aggregation Proxy in front of
/// it, the notification of changes, and what the IM Server sees of all that over IM-3 and IM-4, in this process or another.
@NullMarked
package tucket.server.xdms;

import org.jspecify.annotations.NullMarked;
