// One leg of a session: SDP on one side, MSRP on the other.
package tucket.server.media;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tucket.protocol.msrp.IncomingMessage;
import tucket.protocol.msrp.MsrpHeader;
import tucket.protocol.msrp.MsrpRequest;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.msrp.OutgoingMessage;
import tucket.protocol.msrp.SessionOutput;
import tucket.protocol.sdp.Connection;
import tucket.protocol.sdp.MessageAnswer;
import tucket.protocol.sdp.MessageMedia;
import tucket.protocol.sdp.MessageOffer;
import tucket.protocol.sdp.Origin;
import tucket.protocol.sdp.SessionDescription;
import tucket.protocol.sdp.Setup;
import tucket.server.reference.Im7ClientServer;
import tucket.transport.World;
import tucket.transport.msrp.MsrpEnd;
import tucket.transport.msrp.MsrpOwner;

/// Offers `setup:actpass` and answers passive wherever it may: clients behind a NAT reach us and not the other way round. The same address
/// stands in c=, m= and path, since clients differ in which one they believe.
final class MsrpLeg implements Im7ClientServer.Media {
  private static final int ID_BYTES = 8;
  private static final int MOST_REPORTS = 1000;

  private final World world;
  private final MsrpEnd end;
  private final Origin origin;
  private final Map<String, IntConsumer> outcomes = new LinkedHashMap<>(); // in the order of sending
  private final Map<String, IntConsumer> reports = new LinkedHashMap<>(); // of messages that asked for one
  private @Nullable MessageOffer offered;
  private volatile byte[] description = new byte[0];
  private volatile boolean ended;

  MsrpLeg(World world, MsrpEnd end) {
    this.world = world;
    this.end = end;
    String number = Long.toString(world.clock().now().getEpochSecond());
    this.origin = new Origin("-", number, number, Connection.of(host()));
  }

  private String host() {
    return end.uri().host().replaceAll("[\\[\\]]", "");
  }

  private MessageMedia ours(Im7ClientServer.Terms terms) {
    MessageMedia media = MessageMedia.of(Connection.of(host()), end.uri().portOrDefault(), List.of(end.uri()), Setup.ACTPASS)
        .withTypes(terms.types(), terms.wrapped()).withDirection(terms.direction());
    MessageMedia proven = end.fingerprint().map(media::withFingerprint).orElse(media); // RFC 8122 section 5
    return terms.maxSize() > 0 ? proven.withMaxSize(terms.maxSize()) : proven;
  }

  @Override
  public byte[] offer(Im7ClientServer.Terms terms) {
    MessageOffer offer = MessageOffer.of(origin, ours(terms));
    offered = offer;
    description = offer.write();
    return description;
  }

  @Override
  public byte[] answer(MessageOffer offer, Im7ClientServer.Terms terms, Im7ClientServer.Listener listener) {
    SessionDescription answer = offer.answer(origin, ours(terms), true);
    description = answer.write();
    MessageMedia said = MessageMedia.of(answer, answer.media().get(offer.index()));
    boolean active = said.setup().filter(s -> s == Setup.ACTIVE).isPresent();
    begin(offer.media(), active, listener);
    return description;
  }

  @Override
  public Optional<Im7ClientServer.Terms> answered(byte[] sdp, Im7ClientServer.Listener listener) {
    MessageOffer offer = offered;
    if (offer == null) {
      throw new IllegalStateException("nothing was offered");
    }
    Optional<MessageAnswer> answer = offer.accepted(SessionDescription.parse(sdp));
    if (answer.isEmpty()) {
      end();
      return Optional.empty();
    }
    MessageMedia theirs = answer.get().theirs();
    begin(theirs, answer.get().weConnect(), listener);
    return Optional.of(new Im7ClientServer.Terms(theirs.acceptTypes(), theirs.acceptWrappedTypes(), theirs.direction(), theirs.maxSize().orElse(0)));
  }

  private void begin(MessageMedia theirs, boolean active, Im7ClientServer.Listener listener) {
    Optional<MsrpEnd.Peer> peer = active ? theirs.target().map(t -> new MsrpEnd.Peer(t.host(), t.port(), theirs.tls())) : Optional.empty();
    end.start(theirs.path(), peer, theirs.fingerprint(), new Owner(listener));
  }

  @Override
  public byte[] description() {
    return description;
  }

  @Override
  public void send(Im7ClientServer.Content content, IntConsumer outcome) {
    send(content, outcome, status -> {});
  }

  @Override
  public void send(Im7ClientServer.Content content, IntConsumer outcome, IntConsumer reported) {
    String id = world.chance().token(ID_BYTES);
    synchronized (outcomes) {
      outcomes.put(id, outcome);
      if (content.successReport()) {
        reports.put(id, reported);
        if (reports.size() > MOST_REPORTS) {
          reports.remove(reports.keySet().iterator().next()); // receivers need not report
        }
      }
    }
    end.send(new OutgoingMessage(id, content.type(), content.body(), content.successReport(), MsrpRequest.FailureReport.YES, content.more()));
  }

  @Override
  public void end() {
    ended = true;
    end.stop();
    tellRest();
  }

  private void tellRest() {
    List<String> rest;
    synchronized (outcomes) {
      rest = List.copyOf(outcomes.keySet());
    }
    rest.forEach(id -> tell(id, MsrpStatus.NO_SESSION));
  }

  private void tell(String messageId, int status) {
    IntConsumer outcome;
    synchronized (outcomes) {
      outcome = outcomes.remove(messageId);
    }
    if (outcome != null) {
      outcome.accept(status);
    }
  }

  /// What the session tells.
  private final class Owner implements MsrpOwner {
    private final Im7ClientServer.Listener listener;

    Owner(Im7ClientServer.Listener listener) {
      this.listener = listener;
    }

    @Override
    public void message(IncomingMessage message, long ticket) {
      MsrpRequest head = message.head();
      var more = head.headers().stream()
          .filter(h -> h.name().regionMatches(true, 0, "Content-", 0, 8) && !h.name().equalsIgnoreCase(MsrpHeader.CONTENT_TYPE)).toList();
      String type = head.first(MsrpHeader.CONTENT_TYPE).orElse("text/plain");
      Im7ClientServer.Content content = new Im7ClientServer.Content(type, message.body(), head.wantsSuccessReport(), more);
      if (content.successReport()) {
        listener.message(content, status -> end.settleForNow(ticket, status), status -> end.report(ticket, status));
      } else {
        listener.message(content, status -> end.settle(ticket, status));
      }
    }

    @Override
    public void reported(String messageId, int status, boolean whole) {
      IntConsumer report;
      synchronized (outcomes) {
        report = whole || status != MsrpStatus.OK ? reports.remove(messageId) : null;
      }
      if (report != null) {
        report.accept(status);
      }
    }

    @Override
    public void accepted(String messageId) {
      tell(messageId, MsrpStatus.OK);
    }

    @Override
    public void failed(String messageId, SessionOutput.Failure failure) {
      tell(messageId, switch (failure.why()) {
        case REFUSED -> failure.status();
        case SILENT -> MsrpStatus.TIMEOUT;
        case FULL -> MsrpStatus.STOP_SENDING;
        case LOST -> MsrpStatus.NO_SESSION;
      });
    }

    @Override
    public void ended(SessionOutput.Ending why) {
      tellRest();
      if (!ended) {
        ended = true;
        listener.lost(why.name().toLowerCase(java.util.Locale.ROOT));
      }
    }
  }
}
