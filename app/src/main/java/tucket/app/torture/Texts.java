// What the people of the crash test write to each other, and how it is read again.
package tucket.app.torture;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.imdn.Imdn;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipUri;

/// A message's body is `from>to #number` and some words; a notification's IMDN names the device in its subject. Both ways pure.
final class Texts {
  private static final String WORDS = " This is what somebody writes to somebody who may be away.";

  private Texts() {}

  static String content(String from, String to, long number) {
    return from + ">" + to + " #" + number;
  }

  /// The MESSAGE that carries a message; `address` gives that of a person.
  static SipRequest message(Item item, Function<String, SipUri> address, String dateTime) {
    byte[] body = (item.content() + WORDS).getBytes(StandardCharsets.UTF_8);
    CpimMessage cpim = CpimMessage.builder()
        .from(address.apply(item.from()).toString())
        .to(address.apply(item.to()).toString())
        .messageId(item.messageId())
        .dateTime(dateTime)
        .request(Disposition.POSITIVE_DELIVERY)
        .content(MediaType.TEXT_PLAIN.with("charset", "utf-8"), body)
        .build();
    return request(item, address, cpim);
  }

  /// What a device says of a message it has shown; as an item of its own.
  static Item delivered(Item message, String device) {
    String content = "delivered " + message.content() + " by " + device;
    return new Item(Item.Kind.NOTIFICATION, "n." + message.messageId() + "." + device, message.to(), message.from(), 0, content);
  }

  /// The MESSAGE that carries a notification.
  static SipRequest notification(Item notification, Item about, Function<String, SipUri> address, String dateTime) {
    String self = address.apply(notification.from()).toString();
    Imdn imdn = Imdn.of(about.messageId(), dateTime, Imdn.Kind.DELIVERY, Imdn.Status.DELIVERED).withRecipient(self, self);
    CpimMessage cpim = CpimMessage.builder()
        .from(self)
        .to(address.apply(notification.to()).toString())
        .messageId(notification.messageId())
        .dateTime(dateTime)
        .content(imdn.entity())
        .build();
    return request(notification, address, cpim);
  }

  private static SipRequest request(Item item, Function<String, SipUri> address, CpimMessage cpim) {
    SipUri to = address.apply(item.to());
    return SipRequest.of("MESSAGE", to).edit().with(Header.TO, NameAddr.of(to).toString()).body(MediaType.CPIM, cpim.write()).request();
  }

  /// The item that a MESSAGE at a device of `to` carries; empty where it is none of ours.
  static Optional<Item> read(SipRequest request, String to) {
    if (request.contentType().filter(t -> t.is(MediaType.CPIM)).isEmpty()) {
      return Optional.empty();
    }
    return read(request.body(), to);
  }

  /// The item that a message in CPIM to a device of `to` carries; empty where it is none of ours.
  static Optional<Item> read(byte[] body, String to) {
    CpimMessage cpim = CpimMessage.parse(body);
    String id = cpim.messageId().orElse("");
    if (cpim.isNotification()) {
      String about = Imdn.parse(cpim.content().body()).messageId();
      // "n.<the message's id>.<device>"; the device stands in the id only, for an IMDN has no place for it
      String device = id.startsWith("n." + about + ".") ? id.substring(about.length() + 3) : "?";
      return Optional.of(new Item(Item.Kind.NOTIFICATION, id, "", to, 0, about + " by " + device));
    }
    String text = new String(cpim.content().body(), StandardCharsets.UTF_8);
    int mark = text.indexOf('>');
    int number = text.indexOf(" #");
    if (mark < 0 || number < mark) {
      return Optional.empty();
    }
    int end = text.indexOf(' ', number + 2);
    String digits = text.substring(number + 2, end < 0 ? text.length() : end);
    String content = text.substring(0, end < 0 ? text.length() : end);
    return Optional.of(new Item(Item.Kind.MESSAGE, id, text.substring(0, mark), to, Long.parseLong(digits), content));
  }
}
