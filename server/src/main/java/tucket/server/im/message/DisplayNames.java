// Messages that are addressed to a display name.
package tucket.server.im.message;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Status;
import tucket.server.documents.Names;

/// OMA requirement S01. `sip:Anna%20Schmidt@domain;user=display-name` in our domain stands for whoever goes by that name (the `user` parameter of
/// RFC 3261 section 19.1.1 takes further kinds of names). Nobody: 404. Several: 485 with their addresses as Contact, from which the sender chooses
/// (section 21.4.23). Thread-safe.
public final class DisplayNames {
  private static final String KIND = "display-name";

  private final Optional<Names> names;
  private final String domain;
  private final Responses responses;

  /// Without `names` nobody has one.
  public DisplayNames(Optional<Names> names, String domain, Responses responses) {
    this.names = names;
    this.domain = domain;
    this.responses = responses;
  }

  /// What looking for a name came to.
  public sealed interface Result {}

  /// The request, to the address that was found, or as it was where it is not addressed to a name.
  public record Addressed(SipRequest request) implements Result {}

  /// The final response: the name leads nowhere, or to several.
  public record Refused(SipResponse response) implements Result {}

  /// Looks where a request of `asking` is addressed to.
  public Result resolve(SipRequest request, AddressOfRecord asking) {
    if (!(request.uri() instanceof SipUri uri) || !isName(uri)) {
      return new Addressed(request);
    }
    List<AddressOfRecord> found = names.map(n -> n.find(asking, uri.user())).orElse(List.of());
    return switch (found.size()) {
      case 0 -> new Refused(responses.of(request, Status.NOT_FOUND, "Nobody is known by that display name"));
      case 1 -> new Addressed(request.withUri(found.getFirst().uri()));
      default -> new Refused(ambiguous(request, found));
    };
  }

  private boolean isName(SipUri uri) {
    return uri.params().value("user").filter(KIND::equalsIgnoreCase).isPresent() && uri.host().toLowerCase(Locale.ROOT).equals(domain);
  }

  private SipResponse ambiguous(SipRequest request, List<AddressOfRecord> found) {
    SipResponse response = responses.of(request, Status.AMBIGUOUS, "Several are known by that display name");
    for (AddressOfRecord user : found) {
      response = response.append(Header.CONTACT, "<" + user.uri() + ">");
    }
    return response;
  }
}
