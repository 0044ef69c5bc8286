// The notifications that the server itself sends: stored, and failed.
package tucket.server.im.message;

import java.time.Instant;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.server.Envelope;
import tucket.transport.Chance;

/// An intermediary reports `processing` where it was asked to, and `negative-delivery` where delivery has failed (RFC 5438 sections 8.1,
/// 8.2). The notification speaks for the recipient of the message: terminals find the conversation by the asserted identity. Thread-safe.
public final class ServerNotifications {
  private final EnvelopeWriter writer;
  private final Chance chance;

  public ServerNotifications(EnvelopeWriter writer, Chance chance) {
    this.writer = writer;
    this.chance = chance;
  }

  /// The message that a notification is about; `dateTime` is that of its CPIM wrapper (RFC 5438 section 11.1.2).
  public record Subject(String messageId, String dateTime, AddressOfRecord from, AddressOfRecord to) {
    public static Subject of(Reading message) {
      Envelope e = message.envelope();
      if (e.kind() != Envelope.Kind.MESSAGE) {
        throw new IllegalArgumentException("a notification never causes a notification");
      }
      String dateTime = message.wrapper().flatMap(CpimMessage::dateTime).orElseGet(() -> EnvelopeWriter.dateTime(e.received()));
      return new Subject(e.messageId(), dateTime, e.from(), e.to());
    }
  }

  /// Says that the message waits in the store.
  public SipRequest stored(Subject message, Instant now) {
    return about(message, Imdn.Kind.PROCESSING, Imdn.Status.STORED, now);
  }

  /// Says that the message was given up.
  public SipRequest failed(Subject message, Instant now) {
    return about(message, Imdn.Kind.DELIVERY, Imdn.Status.FAILED, now);
  }

  // The id is the same however often it is said, so that nobody is told twice.
  private SipRequest about(Subject message, Imdn.Kind kind, Imdn.Status status, Instant now) {
    String recipient = writer.sipForm(message.to().uri());
    Imdn imdn = Imdn.of(message.messageId(), message.dateTime(), kind, status).withRecipient(recipient, recipient);
    CpimMessage cpim =
        CpimMessage.builder()
            .from(recipient)
            .to(writer.sipForm(message.from().uri()))
            .messageId(MessageIds.ofNotification(status.element(), message.messageId(), message.from(), message.to()))
            .dateTime(EnvelopeWriter.dateTime(now))
            .content(imdn.entity())
            .build();
    return request(message.to(), message.from(), cpim);
  }

  String address(AddressOfRecord user) {
    return writer.sipForm(user.uri());
  }

  /// A MESSAGE with CPIM in the name of `from`, for the Core to send onward.
  SipRequest request(AddressOfRecord from, AddressOfRecord to, CpimMessage cpim) {
    return SipRequest.of("MESSAGE", to.uri())
        .edit()
        .with(Header.MAX_FORWARDS, "70")
        .with(Header.FROM, "<" + writer.sipForm(from.uri()) + ">;tag=" + chance.token(8))
        .with(Header.TO, "<" + writer.sipForm(to.uri()) + ">")
        .with(Header.CALL_ID, chance.token(16))
        .with(Header.CSEQ, "1 MESSAGE")
        .with(Header.P_ASSERTED_IDENTITY, "<" + from.uri() + ">")
        .body(tucket.protocol.mime.MediaType.CPIM, cpim.write())
        .request();
  }
}
