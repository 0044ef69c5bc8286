// What the body of an INVITE holds.
package tucket.server.im.message;

import java.util.Optional;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.sdp.SessionDescription;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipMessage;

/// SDP alone, or a multipart of SDP and the first message (protocol of the field: RCS-e terminals put it there). `sdp` is empty where there is
/// none.
public record SessionBody(Optional<SessionDescription> sdp, Optional<Entity> first) {
  /// Reads it; [tucket.protocol.Malformed] where it breaks its grammar or is larger than `limit` once it is inflated.
  public static SessionBody of(SipMessage message, int limit) {
    Optional<MediaType> type = message.contentType();
    if (type.isEmpty() || message.bodyLength() == 0) {
      return new SessionBody(Optional.empty(), Optional.empty());
    }
    byte[] body = ContentEncoding.inflate(String.join(", ", message.lines(Header.CONTENT_ENCODING)), message.body(), limit);
    if (type.get().is(MediaType.SDP)) {
      return new SessionBody(Optional.of(SessionDescription.parse(body)), Optional.empty());
    }
    if (!type.get().type().equals("multipart")) {
      return new SessionBody(Optional.empty(), Optional.empty());
    }
    Multipart parts = Multipart.parse(type.get(), body);
    Optional<SessionDescription> sdp = parts.first(MediaType.SDP).map(e -> SessionDescription.parse(e.decoded(limit).body()));
    Optional<Entity> first = parts.first(MediaType.CPIM).or(() -> parts.first(MediaType.TEXT_PLAIN)).map(e -> e.decoded(limit));
    return new SessionBody(sdp, first);
  }

  /// Puts SDP, and a first message behind it, into a request.
  public static Edit write(Edit edit, byte[] sdp, Optional<Entity> first) {
    edit.without(Header.CONTENT_ENCODING);
    if (first.isEmpty()) {
      return edit.body(MediaType.SDP, sdp);
    }
    Multipart parts = Multipart.of(Entity.of(MediaType.SDP, sdp), first.get());
    String boundary = parts.boundary();
    return edit.body(MediaType.of("multipart", "mixed").with("boundary", boundary), parts.write(boundary));
  }
}
