// One event package in which clients publish.
package tucket.server.event;

import java.util.List;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;

/// What [Publications] leaves to a package: RFC 3903 section 6 steps 2 and 6. Thread-safe.
public interface PublishedState {
  /// The token of the Event header.
  String event();

  /// The types of body that are understood; the first is the usual one.
  List<MediaType> types();

  /// Looks at a body of one of the types; throws [tucket.protocol.Malformed] where it can't be used, which is answered 400.
  void check(MediaType type, byte[] body);

  /// Whether a first PUBLISH with `fresh` takes the place of `old`: of a client that has forgotten its entity tag, say.
  default boolean replaces(byte[] fresh, Publication old) {
    return false;
  }

  /// What a user has published is this now, the oldest first. Called in order for each user, before the publisher has his answer, and at the end of a
  /// publication's life; must be quick and must not publish.
  void changed(AddressOfRecord user, List<Publication> now);
}
