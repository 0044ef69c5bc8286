/// Where a SIP URI is to be sent: RFC 3263 over DNS, and tables for what needs no DNS.
@NullMarked
package tucket.transport.dns;

import org.jspecify.annotations.NullMarked;
