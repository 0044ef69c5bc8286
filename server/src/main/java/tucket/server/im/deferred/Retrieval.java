// Gives a user the deferred messages he asks for, and deletes those he does not want.
package tucket.server.im.deferred;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.im.message.Responses;
import tucket.server.reference.Device;
import tucket.server.reference.Im2ServerCore;

/// OMA requirement M06, in pager mode: a MESSAGE to `sip:deferred-messages@domain` or `sip:delete-messages@domain` with a body as
/// [RetrievalRequest] has it. 202: the items follow, each as a MESSAGE, to the device that asked. 200: they are deleted. 404: an item is
/// named that does not wait; then nothing is done. Thread-safe.
public final class Retrieval {
  private static final int MOST_BYTES = 256 * 1024;

  private final Im2ServerCore core;
  private final DeferredMessagingFunction deferred;
  private final WaitingNotice notice;
  private final Responses responses;

  public Retrieval(Im2ServerCore core, DeferredMessagingFunction deferred, WaitingNotice notice, Responses responses) {
    this.core = core;
    this.deferred = deferred;
    this.notice = notice;
    this.responses = responses;
  }

  /// A request of `user` to the retrieval address.
  public SipResponse retrieve(SipRequest request, AddressOfRecord user) {
    return serve(request, user, RetrievalRequest.Verb.RETRIEVE);
  }

  /// A request of `user` to the delete address.
  public SipResponse delete(SipRequest request, AddressOfRecord user) {
    return serve(request, user, RetrievalRequest.Verb.DELETE);
  }

  private SipResponse serve(SipRequest request, AddressOfRecord user, RetrievalRequest.Verb byAddress) {
    String encoding = String.join(", ", request.lines(Header.CONTENT_ENCODING));
    if (!ContentEncoding.isAccepted(encoding)) {
      return responses.undecodable(request);
    }
    byte[] body = ContentEncoding.inflate(encoding, request.body(), MOST_BYTES);
    RetrievalRequest asked = RetrievalRequest.parse(request.contentType(), body, byAddress);
    List<Device> asking = Asking.devices(request, core.devices(user));
    if (asked.verb() == RetrievalRequest.Verb.LIST) {
      asking.forEach(d -> notice.send(user, d.id(), notice.list(user, w -> true)));
      return responses.of(request, Status.OK);
    }
    Optional<Map<Long, String>> found = find(user, asked);
    if (found.isEmpty()) {
      return responses.of(request, Status.NOT_FOUND, "No such deferred message");
    }
    Set<Long> sequences = found.get().keySet();
    if (asked.verb() == RetrievalRequest.Verb.DELETE) {
      deferred.delete(user, List.copyOf(sequences));
      return responses.of(request, Status.OK);
    }
    deferred.push().retrieve(user, asking, sequences);
    return responses.of(request, Status.ACCEPTED);
  }

  /// The Message-IDs of what is asked for, by their places in the queue; empty where something is named that does not wait.
  Optional<Map<Long, String>> find(AddressOfRecord user, RetrievalRequest asked) {
    Map<Long, String> found = new TreeMap<>();
    Set<String> missing = new HashSet<>(asked.ids());
    for (DeferredQueue.Ready ready : deferred.queue().list(user, Integer.MAX_VALUE, w -> asked.isAll() || isNamed(asked, w))) {
      found.put(ready.waiting().sequence(), ready.waiting().messageId());
      missing.remove(ready.waiting().messageId());
      missing.remove(WaitingNotice.reference(ready.waiting()));
    }
    return missing.isEmpty() ? Optional.of(found) : Optional.empty();
  }

  private static boolean isNamed(RetrievalRequest asked, Waiting w) {
    return asked.ids().contains(w.messageId()) || asked.ids().contains(WaitingNotice.reference(w));
  }
}
