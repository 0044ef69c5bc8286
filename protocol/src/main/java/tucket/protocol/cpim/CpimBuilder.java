// Puts a new CPIM message together.
package tucket.protocol.cpim;

import java.util.ArrayList;
import java.util.List;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;

/// The headers come out in the order From, To, NS, Message-ID, DateTime, Disposition-Notification (as terminals of the field write them,
/// RFC 5438 section 7.1.1.3), then any others. Not thread-safe.
public final class CpimBuilder {
  private final List<CpimHeader> to = new ArrayList<>();
  private final List<CpimHeader> more = new ArrayList<>();
  private String from = "";
  private String messageId = "";
  private String dateTime = "";
  private List<Disposition> requests = List.of();
  private Entity content = Entity.of(MediaType.TEXT_PLAIN.with("charset", "utf-8"), new byte[0]);

  CpimBuilder() {}

  public CpimBuilder from(String uri) {
    return from(CpimAddress.of(uri));
  }

  public CpimBuilder from(CpimAddress address) {
    from = address.toString();
    return this;
  }

  /// Adds a recipient; several are allowed (RFC 3862 section 4.2).
  public CpimBuilder to(String uri) {
    to.add(new CpimHeader("To", CpimAddress.of(uri).toString()));
    return this;
  }

  public CpimBuilder messageId(String id) {
    messageId = id;
    return this;
  }

  /// An RFC 3339 time; the caller's clock gives it.
  public CpimBuilder dateTime(String time) {
    dateTime = time;
    return this;
  }

  public CpimBuilder request(Disposition... wanted) {
    requests = List.of(wanted);
    return this;
  }

  public CpimBuilder subject(String text) {
    return header(CpimHeader.ofText("Subject", text));
  }

  public CpimBuilder header(CpimHeader header) {
    more.add(header);
    return this;
  }

  public CpimBuilder content(MediaType type, byte[] body) {
    return content(Entity.of(type, body));
  }

  public CpimBuilder content(Entity entity) {
    content = entity;
    return this;
  }

  public CpimMessage build() {
    List<CpimHeader> headers = new ArrayList<>();
    if (!from.isEmpty()) {
      headers.add(new CpimHeader("From", from));
    }
    headers.addAll(to);
    if (!messageId.isEmpty() || !requests.isEmpty()) {
      headers.add(new CpimHeader("NS", "imdn <" + CpimMessage.IMDN_NAMESPACE + ">"));
    }
    if (!messageId.isEmpty()) {
      headers.add(new CpimHeader("imdn.Message-ID", messageId));
    }
    if (!dateTime.isEmpty()) {
      headers.add(new CpimHeader("DateTime", dateTime));
    }
    if (!requests.isEmpty()) {
      headers.add(new CpimHeader("imdn.Disposition-Notification", Disposition.write(requests)));
    }
    headers.addAll(more);
    return new CpimMessage(headers, content.canonical(), null);
  }
}
