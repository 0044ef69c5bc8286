// Watches a state: one subscription of a client.
package tucket.client;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;

/// RFC 6665 section 4.1: [#subscribe] begins it, NOTIFYs are told to the listener, [#close] ends it. It is not refreshed by itself: call [#subscribe] again in
/// time. Thread-safe; calls block.
public final class Watcher implements AutoCloseable {
  private static final int MOST_BYTES = 1 << 20;

  private final ImClient im;
  private final String event;
  private final MediaType type;
  private final Uri what;
  private final Consumer<Notice> listener;
  private final Optional<Wish> wish;
  private final String callId;
  private final String from;
  private @Nullable SipResponse begun;

  /// One notification. `state` is the Subscription-State with its parameters, such as `active;expires=600`; `body` is empty where nothing is told.
  public record Notice(String state, byte[] body) {
    /// Whether it was the last one.
    public boolean isLast() {
      return state.startsWith("terminated");
    }
  }

  /// What a SUBSCRIBE says of what is wanted: its body.
  public record Wish(MediaType type, byte[] body) {}

  /// @param type the documents that are wanted
  /// @param what whose state; notices come on threads that may block
  public Watcher(ImClient im, String event, MediaType type, Uri what, Consumer<Notice> listener) {
    this(im, event, type, what, Optional.empty(), listener);
  }

  /// The same with a body.
  public Watcher(ImClient im, String event, MediaType type, Uri what, Optional<Wish> wish, Consumer<Notice> listener) {
    this.im = im;
    this.wish = wish;
    this.event = event;
    this.type = type;
    this.what = what;
    this.listener = listener;
    this.callId = im.token();
    this.from = NameAddr.of(im.settings().account().address()).withTag(im.token()).toString();
  }

  /// Begins or refreshes it; returns the final response, whatever it is.
  public synchronized SipResponse subscribe(Duration life) {
    im.watching(callId, this);
    SipResponse response = im.request(request(life));
    if (response.isSuccess()) {
      begun = begun == null ? response : begun;
    } else if (begun == null) {
      im.watching(callId, null);
    }
    return response;
  }

  private SipRequest request(Duration life) {
    SipResponse dialog = begun;
    Uri target = dialog != null && dialog.has(Header.CONTACT) ? dialog.addresses(Header.CONTACT).getFirst().uri() : what;
    Edit edit = SipRequest.of("SUBSCRIBE", target).edit();
    edit.with(Header.FROM, from).with(Header.TO, dialog == null ? NameAddr.of(what).toString() : dialog.to().toString());
    edit.with(Header.CALL_ID, callId).with(Header.EVENT, event).with(Header.ACCEPT, type.name());
    SipRequest request = edit.with(Header.EXPIRES, Long.toString(life.toSeconds())).with(Header.CONTACT, im.contact()).request();
    return wish.map(w -> request.withBody(w.type, w.body)).orElse(request);
  }

  SipResponse notified(SipRequest request) {
    Optional<String> state = request.first(Header.SUBSCRIPTION_STATE);
    if (state.isEmpty()) {
      return SipResponse.to(request, Status.BAD_REQUEST, "Subscription-State is missing");
    }
    byte[] body = ContentEncoding.inflate(String.join(", ", request.lines(Header.CONTENT_ENCODING)), request.body(), MOST_BYTES);
    listener.accept(new Notice(state.get(), body));
    return SipResponse.to(request, Status.OK);
  }

  /// Ends the subscription, where there is one.
  @Override
  public synchronized void close() {
    if (begun != null) {
      im.request(request(Duration.ZERO));
      begun = null;
    }
    im.watching(callId, null);
  }
}
