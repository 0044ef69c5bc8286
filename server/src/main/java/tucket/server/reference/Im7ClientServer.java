// Reference points IM-7 and IM-8: media between the IM Server and clients or other servers.
package tucket.server.reference;

import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import tucket.protocol.msrp.MsrpHeader;
import tucket.protocol.msrp.MsrpStatus;
import tucket.protocol.sdp.Direction;
import tucket.protocol.sdp.MessageOffer;

/// Ends of MSRP sessions (OMA AD SIMPLE IM sections 5.5.7 and 5.5.8). On a wire this is RFC 4975.
public interface Im7ClientServer {
  /// Whether MSRP over TLS, or over bare TCP, is spoken here, so that an offer of it can be answered.
  boolean serves(boolean secure);

  /// A new end; throws [tucket.transport.Unavailable] where there are too many. It has to be ended. Where that is not spoken here, one of the
  /// other kind: for offers of ours.
  Media open(boolean secure);

  /// What our descriptions say: the types that are taken, bare and in CPIM, the direction, and the largest message.
  record Terms(List<String> types, List<String> wrapped, Direction direction, long maxSize) {
    public Terms {
      types = List.copyOf(types);
      wrapped = List.copyOf(wrapped);
    }
  }

  /// A message as it is sent and received whole. `more` are further headers, Content headers among them.
  record Content(String type, byte[] body, boolean successReport, List<MsrpHeader> more) {
    public Content {
      more = List.copyOf(more);
    }

    /// Without wishes.
    public static Content of(String type, byte[] body) {
      return new Content(type, body, false, List.of());
    }
  }

  /// One end of a session. Thread-safe.
  interface Media {
    /// Our offer as SDP; with [#answered] the session begins.
    byte[] offer(Terms terms);

    /// Our answer to that offer as SDP; the session begins.
    byte[] answer(MessageOffer offer, Terms terms, Listener listener);

    /// The peer's answer to our offer: the session begins. Returns on what terms he takes messages; empty where he refused the stream.
    /// [tucket.protocol.Malformed] where his answer can't be understood.
    Optional<Terms> answered(byte[] sdp, Listener listener);

    /// What we said last, for refreshes of the session.
    byte[] description();

    /// Sends a message; `outcome` gets the status once: 200 when the peer has taken the whole of it, 408 where he was silent, 481 where the
    /// session is lost, else what he answered. Must not block.
    void send(Content content, IntConsumer outcome);

    /// The same; where the message asks for a success report, `reported` gets the status that its receiver reports, behind the 200.
    void send(Content content, IntConsumer outcome, IntConsumer reported);

    /// Ends the session; what was not taken yet is lost. Idempotent.
    void end();
  }

  /// Who hears what comes. Called for one session never at the same time twice; must not block.
  interface Listener {
    /// A message has come whole; the peer gets its response when `settle` is given a status: 200 once it is safe.
    void message(Content content, IntConsumer settle);

    /// The same for a message whose sender wants its receiver's report, which `report` sends him. Who is the end point reports with the 200.
    default void message(Content content, IntConsumer settle, IntConsumer report) {
      message(content, status -> {
        settle.accept(status);
        if (status == MsrpStatus.OK) {
          report.accept(status);
        }
      });
    }

    /// The session is lost, by the connection or because nothing came for too long; not called after [Media#end].
    void lost(String why);
  }
}
