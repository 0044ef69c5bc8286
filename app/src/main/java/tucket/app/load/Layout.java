// How the requests of the load generator are written.
package tucket.app.load;

import java.util.Locale;
import tucket.protocol.sip.digest.DigestCredentials;

/// RFC 3428 messages with a CPIM body (RFC 3862) that asks for delivered and displayed notifications (RFC 5438), such notifications, and
/// REGISTER. `run` is 8 hexadecimal digits that tell this run from others.
final class Layout {
  /// What the branches of ours begin with.
  static final String BRANCH = "z9hG4bKt";

  private final LoadPlan plan;
  private final String run;
  private final String dateTime;
  private final String transport;

  Layout(LoadPlan plan, String run, String dateTime) {
    this.plan = plan;
    this.run = run;
    this.dateTime = dateTime;
    this.transport = plan.target().protocol().name();
  }

  Template message(String here) {
    String from = uri(Template.FROM);
    String to = uri(Template.TO);
    String head =
        cpim(from, to, "tl" + run + Template.LANE + Template.SEQUENCE)
            + "imdn.Disposition-Notification: positive-delivery, display\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n";
    String tail = "Content-Length: %d\r\n\r\n";
    int space = plan.size() - head.length() - String.format(tail, 1000).length();
    int text = Math.max(1, space < 1000 ? space + 1 : space);
    String content = "A message of the load generator. ".repeat(text / 33 + 1).substring(0, text);
    return new Template(request('m', here, from, to, head + String.format(tail, text) + content));
  }

  Template notification(String here) {
    String from = uri(Template.FROM);
    String to = uri(Template.TO);
    String original = "tl" + run + Template.LANE + Template.SEQUENCE;
    String xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>" + original
            + "</message-id><datetime>" + dateTime + "</datetime><recipient-uri>" + from
            + "</recipient-uri><original-recipient-uri>" + from
            + "</original-recipient-uri><delivery-notification><status><delivered/></status></delivery-notification></imdn>";
    String body =
        cpim(from, to, "tn" + run + Template.LANE + Template.SEQUENCE + Template.DEVICE)
            + "\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\nContent-Length: " + xml.length() + "\r\n\r\n" + xml;
    return new Template(request('n', here, from, to, body));
  }

  private String uri(String number) {
    return "sip:" + plan.prefix() + number + "@" + plan.domain();
  }

  private String cpim(String from, String to, String id) {
    return "From: <" + from + ">\r\nTo: <" + to + ">\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: " + id + "\r\nDateTime: " + dateTime
        + "\r\n";
  }

  private String request(char kind, String here, String from, String to, String body) {
    String token = Template.LANE + Template.SEQUENCE + Template.DEVICE + Template.ATTEMPT;
    return "MESSAGE " + to + " SIP/2.0\r\n"
        + "Via: SIP/2.0/" + transport + " " + here + ";branch=" + BRANCH + kind + token + ";rport\r\n"
        + "Max-Forwards: 70\r\n"
        + "From: <" + from + ">;tag=" + Template.LANE + "\r\n"
        + "To: <" + to + ">\r\n"
        + "Call-ID: " + run + kind + Template.LANE + Template.SEQUENCE + Template.DEVICE + "\r\n"
        + "CSeq: 1" + Template.ATTEMPT + " MESSAGE\r\n"
        + "Accept-Contact: *;+g.oma.sip-im\r\n"
        + "Content-Type: message/cpim\r\n"
        + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  /// @param slot of the exchange, which comes back in the branch; `round` counts how often devices have come or gone, `attempt` counts up from 0: CSeq rises
  ///     and no branch is used again
  String register(int slot, int round, int attempt, int user, int device, long seconds, String here, DigestCredentials... proof) {
    String uri = "sip:" + plan.user(user) + "@" + plan.domain();
    String authorization = proof.length == 0 ? "" : "Authorization: " + proof[0] + "\r\n";
    String contact = "sip:" + plan.user(user) + String.format("-%02x@", device) + here + ";transport=" + transport.toLowerCase(Locale.ROOT);
    String instance = String.format("urn:uuid:7c000000-0000-4000-8000-%08x%04x", user, device);
    return "REGISTER " + registrar() + " SIP/2.0\r\n"
        + "Via: SIP/2.0/" + transport + " " + here + ";branch=" + BRANCH + String.format("r%08x%08x%02x%02x", slot, user, round & 0xff, attempt) + ";rport\r\n"
        + "Max-Forwards: 70\r\n"
        + "From: <" + uri + ">;tag=" + run + "\r\n"
        + "To: <" + uri + ">\r\n"
        + "Call-ID: " + run + String.format("r%08x%02x", user, device) + "\r\n"
        + "CSeq: " + (10L * round + attempt) + " REGISTER\r\n"
        + authorization
        + "Contact: <" + contact + ">;+g.oma.sip-im;+sip.instance=\"<" + instance + ">\"\r\n"
        + "Expires: " + seconds + "\r\n"
        + "Content-Length: 0\r\n\r\n";
  }

  /// The Request-URI of REGISTER.
  String registrar() {
    return "sip:" + plan.domain();
  }

  /// What follows the `t` and the kind in each Message-ID of this run.
  byte[] mark() {
    return Octets.of(run);
  }
}
