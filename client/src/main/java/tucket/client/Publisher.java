// Publishes event state and keeps its entity tag.
package tucket.client;

import java.time.Duration;
import java.util.Optional;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;

/// One publication of one client in one event package (RFC 3903 section 4): made with the first [#publish], changed by the next, kept alive by [#refresh].
/// Where the server does not know it any more (412) the tag is forgotten, so that the next [#publish] makes a new one. Thread-safe; calls block.
public final class Publisher {
  private final ImClient im;
  private final String event;
  private Optional<String> tag;

  public Publisher(ImClient im, String event) {
    this(im, event, Optional.empty());
  }

  /// Goes on with a publication that was made before.
  public Publisher(ImClient im, String event, Optional<String> tag) {
    this.im = im;
    this.event = event;
    this.tag = tag;
  }

  /// The entity tag of what is published; empty where nothing is.
  public synchronized Optional<String> tag() {
    return tag;
  }

  /// Publishes a document for that long, in place of the one before. Returns the final response, whatever it is; 408 and 503 also stand for silence and for a
  /// broken path.
  public synchronized SipResponse publish(MediaType type, byte[] document, Duration life) {
    return sent(request(life).body(type, document).request());
  }

  /// The same with a document that is encoded already, such as `deflate`.
  public synchronized SipResponse publish(MediaType type, byte[] document, String encoding, Duration life) {
    return sent(request(life).body(type, document).with(Header.CONTENT_ENCODING, encoding).request());
  }

  /// Keeps it alive for that long. Without a publication the server answers 400.
  public synchronized SipResponse refresh(Duration life) {
    return sent(request(life).request());
  }

  /// Takes it back.
  public synchronized SipResponse remove() {
    SipResponse response = sent(request(Duration.ZERO).request());
    tag = response.isSuccess() ? Optional.empty() : tag;
    return response;
  }

  private Edit request(Duration life) {
    Edit edit = SipRequest.of("PUBLISH", im.settings().account().address()).edit();
    edit.with(Header.EVENT, event).with(Header.EXPIRES, Long.toString(life.toSeconds()));
    tag.ifPresent(t -> edit.with(Header.SIP_IF_MATCH, t));
    return edit;
  }

  private SipResponse sent(SipRequest request) {
    SipResponse response = im.request(request);
    if (response.isSuccess()) {
      tag = response.first(Header.SIP_ETAG);
    } else if (response.status() == Status.CONDITIONAL_REQUEST_FAILED) {
      tag = Optional.empty();
    }
    return response;
  }
}
