// One message to many recipients: URI lists, shared lists, groups.
package tucket.server.im.controlling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import tucket.protocol.Malformed;
import tucket.protocol.document.ResourceLists;
import tucket.protocol.document.ResourceLists.Entry;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.server.Limits;
import tucket.server.documents.ListUris;
import tucket.server.documents.Lists;
import tucket.server.im.message.Responses;
import tucket.server.im.policy.AccessRules;
import tucket.server.im.policy.Verdict;
import tucket.transport.World;

/// Pager mode to a list (OMA requirement S15; RFC 5365): a MESSAGE to the exploder address with the recipients in its body, or to the URI of a shared
/// list or group. Each recipient gets a MESSAGE of its own, through all functions like any other. The sender is answered 202 when each of them has
/// been answered and at least one has the message or it waits for him; of the others he is told where he asked for negative-delivery.
/// Thread-safe; blocks.
public final class GroupDistribution {
  private static final int PARALLEL = 32;
  /// The disposition of the part of a body that holds the recipients (RFC 5363 section 4).
  public static final String LIST = "recipient-list";
  /// The option tag of RFC 5365.
  public static final String REQUIRED = "recipient-list-message";

  private final Parts parts;

  /// Sends one of the messages onward, and tells its sender where it fails.
  @FunctionalInterface
  public interface Onward {
    SipResponse send(SipRequest request, AddressOfRecord to);
  }

  /// What it works with; without documents only lists in the body are known. `canonical` makes two identities of one user equal.
  public record Parts(World world, Responses responses, Optional<ListUris> uris, Optional<Lists> lists, UnaryOperator<AddressOfRecord> canonical,
      int messageBytes) {}

  public GroupDistribution(Parts parts) {
    this.parts = parts;
  }

  /// The list that a URI stands for, where it stands for one.
  public Optional<ListUris.Found> list(AddressOfRecord uri) {
    return parts.uris.flatMap(u -> u.find(uri));
  }

  /// How somebody stands to a list: what he is refused with, where he may not write to it.
  public record Standing(ListUris.Found list, Optional<SipResponse> refusal) {}

  /// How `from`, who is canonical and sends `request`, stands to it.
  public Standing standing(SipRequest request, AddressOfRecord from, ListUris.Found list) {
    boolean may = from.equals(list.owner()) || list.group() && recipients(list.members()).containsKey(from);
    return new Standing(list, may ? Optional.empty() : Optional.of(
        parts.responses.of(request, new Verdict.Refuse(Status.FORBIDDEN, "Only members may write to the group", "127 Service not authorised"))));
  }

  /// A MESSAGE of `from`, who is canonical, to the URI of a list.
  public SipResponse toList(SipRequest request, AddressOfRecord from, ListUris.Found list, Onward onward) {
    return standing(request, from, list).refusal().orElseGet(() -> distribute(request, from, list.members(), onward));
  }

  /// A MESSAGE to the exploder.
  public SipResponse toUriList(SipRequest request, AddressOfRecord from, Onward onward) {
    MediaType type = request.contentType().orElse(MediaType.TEXT_PLAIN);
    if (!type.type().equals("multipart")) {
      return parts.responses.of(request, Status.BAD_REQUEST, "A recipient-list is missing"); // RFC 5365 section 7.2
    }
    byte[] body = ContentEncoding.inflate(String.join(", ", request.lines(Header.CONTENT_ENCODING)), request.body(), parts.messageBytes);
    List<Entity> all = Multipart.parse(type, body).parts();
    List<Entity> content = new ArrayList<>(all.stream().filter(e -> !e.disposition().equals(LIST)).toList());
    Optional<Entity> written = all.stream().filter(e -> e.disposition().equals(LIST)).findFirst();
    if (written.isEmpty() || content.isEmpty() || !written.get().is(ResourceLists.TYPE)) {
      return parts.responses.of(request, Status.BAD_REQUEST, "A recipient-list and a message are wanted");
    }
    ResourceLists list = ResourceLists.parse(written.get().content(ResourceLists.MAX_BYTES));
    List<ResourceLists.Item> items = new ArrayList<>();
    list.lists().forEach(l -> items.addAll(l.items()));
    List<Entry> recipients = parts.lists.map(l -> l.entries(from, items)).orElseGet(list::recipients);
    ResourceLists history = list.history();
    if (!history.entries().isEmpty()) { // RFC 5365 section 7.3
      Entity shown = Entity.of(ResourceLists.TYPE, history.write());
      content.add(new Entity(shown.headers().with("Content-Disposition", "recipient-list-history; handling=optional"), shown.body()));
    }
    return distribute(unwrapped(request, content), from, recipients, onward);
  }

  /// With what is left of the body; a single part stands alone.
  private static SipRequest unwrapped(SipRequest request, List<Entity> content) {
    Edit edit = request.edit().without(Header.CONTENT_ENCODING).without(Header.CONTENT_DISPOSITION);
    if (content.size() == 1) {
      Entity only = content.getFirst();
      only.headers().first("Content-Disposition").ifPresent(d -> edit.with(Header.CONTENT_DISPOSITION, d));
      only.headers().first("Content-Encoding").ifPresent(e -> edit.with(Header.CONTENT_ENCODING, e));
      return edit.body(only.type(), only.body()).request();
    }
    Multipart left = new Multipart(content);
    String boundary = left.boundary();
    return edit.body(MediaType.of("multipart", "mixed").with("boundary", boundary), left.write(boundary)).request();
  }

  /// Each once, by his canonical identity, in the order of the list; entries that are no address are left out (RFC 5363 section 4.1).
  private Map<AddressOfRecord, AddressOfRecord> recipients(List<Entry> entries) {
    Map<AddressOfRecord, AddressOfRecord> found = new LinkedHashMap<>();
    for (Entry entry : entries) {
      try {
        AddressOfRecord user = AddressOfRecord.of(entry.uri());
        found.putIfAbsent(parts.canonical.apply(user), user);
      } catch (Malformed e) {
        continue;
      }
    }
    return found;
  }

  private SipResponse distribute(SipRequest request, AddressOfRecord from, List<Entry> entries, Onward onward) {
    Map<AddressOfRecord, AddressOfRecord> recipients = recipients(entries);
    recipients.remove(from); // he has it
    if (recipients.isEmpty()) {
      return parts.responses.of(request, new Verdict.Refuse(Status.FORBIDDEN, "No destinations", AccessRules.WARNING));
    }
    if (recipients.size() > Limits.RECIPIENTS_PER_MESSAGE) {
      String most = "Too many recipients, the allowed maximum is " + Limits.RECIPIENTS_PER_MESSAGE;
      return parts.responses.of(request, new Verdict.Refuse(Status.BUSY_HERE, most, "102 " + most));
    }
    List<SipResponse> answers = sent(request, List.copyOf(recipients.values()), onward);
    if (answers.stream().anyMatch(SipResponse::isSuccess)) {
      return parts.responses.of(request, Status.ACCEPTED);
    }
    SipResponse refused = answers.getFirst();
    boolean same = answers.stream().allMatch(a -> a.status() == refused.status());
    return same ? parts.responses.relay(request, refused)
        : parts.responses.of(request, new Verdict.Refuse(Status.FORBIDDEN, "No destinations", AccessRules.WARNING));
  }

  private List<SipResponse> sent(SipRequest request, List<AddressOfRecord> recipients, Onward onward) {
    List<SipResponse> answers = new ArrayList<>();
    Semaphore room = new Semaphore(PARALLEL);
    CountDownLatch done = new CountDownLatch(recipients.size());
    for (AddressOfRecord to : recipients) {
      room.acquireUninterruptibly();
      SipRequest one = addressed(request, to);
      parts.world.threads().start("distribute to " + to, () -> {
        SipResponse answer = SipResponse.to(one, Status.SERVER_INTERNAL_ERROR);
        try {
          answer = onward.send(one, to);
        } catch (tucket.store.Unavailable | tucket.transport.Unavailable e) {
          answer = SipResponse.to(one, Status.SERVICE_UNAVAILABLE);
        } catch (Malformed e) {
          answer = SipResponse.to(one, Status.BAD_REQUEST, String.valueOf(e.getMessage()));
        } finally {
          synchronized (answers) {
            answers.add(answer);
          }
          room.release();
          done.countDown();
        }
      });
    }
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (answers) {
      return List.copyOf(answers);
    }
  }

  // RFC 5365 section 7.3: a new request to each, by the same sender
  private SipRequest addressed(SipRequest request, AddressOfRecord to) {
    NameAddr from = request.from();
    Edit edit = request.edit().uri(to.uri()).without(Header.VIA).without(Header.ROUTE).without(Header.RECORD_ROUTE).without(Header.REQUIRE);
    request.values(Header.REQUIRE).stream().filter(r -> !r.equalsIgnoreCase(REQUIRED)).forEach(r -> edit.append(Header.REQUIRE, r));
    edit.with(Header.FROM, new NameAddr(from.displayName(), from.uri(), Params.NONE).withTag(parts.world.chance().token(8)).toString());
    edit.with(Header.TO, "<" + to.uri() + ">").with(Header.CALL_ID, parts.world.chance().token(16)).with(Header.CSEQ, "1 MESSAGE");
    return edit.with(Header.MAX_FORWARDS, "70").request();
  }
}
