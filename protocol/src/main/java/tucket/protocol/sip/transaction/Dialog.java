// A dialog: the peer-to-peer relation that INVITE and SUBSCRIBE create.
package tucket.protocol.sip.transaction;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.CSeq;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;

/// RFC 3261 section 12, and RFC 6665 section 4.4 for subscriptions. A value: each step gives the dialog as it is afterwards, and whoever
/// keeps it puts that in the place of the old one under a lock of their own.
///
/// `local` and `remote` are the parties without their tags; `routes` is the route set, nearest first; `localCseq` is 0 where nothing has
/// been sent in the dialog yet, `remoteCseq` -1 where nothing has been received; `secure` where the Request-URI that began it was a SIPS
/// URI.
public record Dialog(
    DialogId id, NameAddr local, NameAddr remote, Uri target, List<NameAddr> routes, long localCseq, long remoteCseq, boolean secure) {

  private static final int MAX_ROUTES = 64;
  private static final Set<String> REFRESHES_TARGET = Set.of("INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER");

  /// Which dialog: Call-ID and both tags as one side sees them (an RFC 2543 peer's tag is empty text).
  public record DialogId(String callId, String localTag, String remoteTag) {
    /// The dialog that a received request belongs to.
    public static DialogId ofReceived(SipRequest request) {
      return new DialogId(request.callId(), request.to().tag().orElse(""), request.from().tag().orElse(""));
    }

    /// The dialog that a response to one's own request belongs to.
    public static DialogId ofReceived(SipResponse response) {
      return new DialogId(response.callId(), response.from().tag().orElse(""), response.to().tag().orElse(""));
    }
  }

  /// A request to send, and the dialog as it is once that has been sent.
  public record Sending(Dialog dialog, SipRequest request) {}

  public Dialog {
    if (routes.size() > MAX_ROUTES) {
      throw new Malformed("Record-Route has more than " + MAX_ROUTES + " values");
    }
    routes = List.copyOf(routes);
  }

  /// The dialog that `response` (2xx, or 1xx with a To tag) to one's own `request` has made (section 12.1.2).
  public static Dialog asClient(SipRequest request, SipResponse response) {
    return new Dialog(DialogId.ofReceived(response), untagged(request.from()), untagged(request.to()), contact(response),
        reversed(response), request.cseq().number(), -1, isSecure(request));
  }

  /// The dialog that answering `request` with `localTag` makes (section 12.1.1).
  public static Dialog asServer(SipRequest request, String localTag) {
    DialogId id = new DialogId(request.callId(), localTag, request.from().tag().orElse(""));
    return new Dialog(id, untagged(request.to()), untagged(request.from()), contact(request), request.addresses(Header.RECORD_ROUTE), 0,
        request.cseq().number(), isSecure(request));
  }

  /// The dialog that a NOTIFY makes with one's own SUBSCRIBE (RFC 6665 section 4.4.1): from a fork, or before its 2xx has arrived.
  public static Dialog asSubscriber(SipRequest subscribe, SipRequest notify) {
    return new Dialog(DialogId.ofReceived(notify), untagged(subscribe.from()), untagged(notify.from()), contact(notify),
        notify.addresses(Header.RECORD_ROUTE), subscribe.cseq().number(), notify.cseq().number(), isSecure(subscribe));
  }

  private static NameAddr untagged(NameAddr party) {
    return new NameAddr(party.displayName(), party.uri(), party.params().without("tag"));
  }

  private static Uri contact(SipMessage message) {
    List<NameAddr> contacts = message.addresses(Header.CONTACT);
    if (contacts.size() != 1) {
      throw new Malformed("Contact must have one value here");
    }
    return contacts.getFirst().uri();
  }

  private static List<NameAddr> reversed(SipMessage message) {
    List<NameAddr> routes = new ArrayList<>(message.addresses(Header.RECORD_ROUTE));
    Collections.reverse(routes);
    return routes;
  }

  private static boolean isSecure(SipRequest request) {
    return request.uri() instanceof SipUri uri && uri.secure();
  }

  /// A new request inside the dialog (section 12.2.1.1) with the next CSeq. Via is the stack's affair; Contact, Event and the like are
  /// the caller's.
  public Sending request(String method) {
    long cseq = localCseq + 1;
    Dialog after = new Dialog(id, local, remote, target, routes, cseq, remoteCseq, secure);
    return new Sending(after, build(method, cseq));
  }

  /// The ACK for a 2xx to the INVITE with CSeq number `cseq` (section 13.2.2.4).
  public SipRequest ack(long cseq) {
    return build("ACK", cseq);
  }

  private SipRequest build(String method, long cseq) {
    boolean strict = !routes.isEmpty() && !(routes.getFirst().uri() instanceof SipUri first && first.isLoose());
    var edit = SipRequest.of(method, strict ? asRequestUri(routes.getFirst().uri()) : target).edit();
    for (NameAddr route : strict ? routes.subList(1, routes.size()) : routes) {
      edit.append(Header.ROUTE, route.toString());
    }
    if (strict) {
      edit.append(Header.ROUTE, "<" + target + ">"); // the peer comes last: a strict router puts the next value into the Request-URI
    }
    edit.append(Header.MAX_FORWARDS, "70");
    edit.append(Header.FROM, tagged(local, id.localTag()));
    edit.append(Header.TO, tagged(remote, id.remoteTag()));
    edit.append(Header.CALL_ID, id.callId());
    edit.append(Header.CSEQ, new CSeq(cseq, method).toString());
    return edit.request();
  }

  private static String tagged(NameAddr party, String tag) {
    return (tag.isEmpty() ? party : party.withTag(tag)).toString();
  }

  // A Request-URI has neither headers nor a method parameter (RFC 3261 table 1).
  private static Uri asRequestUri(Uri uri) {
    if (uri instanceof SipUri sip) {
      Params params = sip.params().without("method");
      return sip.withParams(params).withoutHeaders();
    }
    return uri;
  }

  /// The dialog after a request from the peer (section 12.2.2), with its new target where the request refreshes it; empty where the CSeq
  /// is lower than one that was seen: that request gets a 500.
  public Optional<Dialog> received(SipRequest request) {
    long number = request.cseq().number();
    if (number < remoteCseq) {
      return Optional.empty();
    }
    boolean refresh = REFRESHES_TARGET.contains(request.method()) && request.has(Header.CONTACT);
    return Optional.of(new Dialog(id, local, remote, refresh ? contact(request) : target, routes, localCseq, number, secure));
  }

  /// The dialog after a response to a request of one's own in it: a 2xx to a target refresh brings a new target (section 12.2.1.2).
  public Dialog answered(SipResponse response) {
    boolean refresh =
        response.isSuccess() && REFRESHES_TARGET.contains(response.cseq().method()) && response.has(Header.CONTACT);
    return refresh ? new Dialog(id, local, remote, contact(response), routes, localCseq, remoteCseq, secure) : this;
  }

  /// The dialog after the 2xx that confirms an early one: the route set is that of the 2xx (section 13.2.2.4).
  public Dialog confirmed(SipResponse success) {
    return new Dialog(id, local, remote, contact(success), reversed(success), localCseq, remoteCseq, secure);
  }
}
