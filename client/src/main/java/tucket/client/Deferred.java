// A user's deferred messages: what waits, getting it, deleting it.
package tucket.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;

/// Asks by MESSAGE to the service addresses `sip:deferred-messages@domain` and `sip:delete-messages@domain` of Tucket's IM Server; the device has to be
/// registered. An item is named by the reference or the Message-ID that the list tells, all where none is. What comes is told to the listeners of
/// the [Pager]. [Sessions#retrieve] gets messages in a session. Thread-safe; calls block for the response, which may be 404 where a named
/// item does not wait.
public final class Deferred {
  private final ImClient client;

  public Deferred(ImClient client) {
    this.client = client;
  }

  /// Asks for the list, which comes to [Pager.Listener#waiting]: 200.
  public SipResponse list() {
    return ask("deferred-messages", "list");
  }

  /// Asks for messages, which come to [Pager.Listener#message]: 202.
  public SipResponse retrieve(List<String> items) {
    return ask("deferred-messages", "retrieve " + (items.isEmpty() ? "all" : String.join(" ", items)));
  }

  /// Deletes them unread: 200.
  public SipResponse delete(List<String> items) {
    return ask("delete-messages", items.isEmpty() ? "all" : String.join(" ", items));
  }

  private SipResponse ask(String service, String words) {
    Edit edit = SipRequest.of("MESSAGE", SipUri.of(service, client.settings().account().address().host())).edit();
    return client.request(edit.body(MediaType.TEXT_PLAIN, words.getBytes(StandardCharsets.UTF_8)).request());
  }
}
