// The DNS records that RFC 3263 needs, and who looks them up.
package tucket.transport.dns;

import java.net.InetAddress;
import java.util.List;
import tucket.transport.Unavailable;

/// Look-ups of one name each. No such name or no such record is an empty list; no answer, or one that makes no sense, is [Unavailable].
/// Blocks.
interface Records {
  List<Naptr> naptr(String name) throws Unavailable;

  List<Srv> srv(String name) throws Unavailable;

  /// A and AAAA, in the order in which they are to be tried.
  List<InetAddress> addresses(String name) throws Unavailable;

  /// Several look-ups at once where that can be done.
  default void expect(List<String> srvNames) {}

  /// RFC 3403 section 4; only records with the flag "s" or "a" and no regular expression are kept.
  record Naptr(int order, int preference, String flags, String service, String replacement) {}

  /// RFC 2782; names in lower case without the final dot, so that "." is the empty text.
  record Srv(int priority, int weight, int port, String target) {}
}
