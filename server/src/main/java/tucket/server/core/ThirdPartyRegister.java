// What another core tells us of a registration.
package tucket.server.core;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tucket.protocol.Malformed;
import tucket.protocol.mime.ContentEncoding;
import tucket.protocol.mime.Entity;
import tucket.protocol.mime.MediaType;
import tucket.protocol.mime.Multipart;
import tucket.protocol.mime.Params;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.Uri;

/// A third-party REGISTER (TS 24.229 section 5.4.1.7): To names the user, Expires says for how long, the body may have the device's own
/// REGISTER as message/sip, from whose Contact the features of the device are known.
///
/// @param seconds 0: the user is no longer registered
/// @param features parameters of the device's Contact; none where no body tells them
record ThirdPartyRegister(Uri user, long seconds, Params features) {
  private static final Logger LOG = LoggerFactory.getLogger(ThirdPartyRegister.class);
  private static final MediaType SIP = MediaType.of("message", "sip");

  /// @param usually how long it holds where the request does not say
  /// @param inflated the most that a body may become
  static ThirdPartyRegister of(SipRequest request, long usually, int inflated) {
    long seconds = request.number(Header.EXPIRES).orElse(-1);
    if (seconds < 0) {
      seconds = request.addresses(Header.CONTACT).stream().findFirst().flatMap(c -> c.params().value("expires"))
          .filter(v -> v.matches("[0-9]{1,9}")).map(Long::parseLong).orElse(usually);
    }
    return new ThirdPartyRegister(request.to().uri(), seconds, features(request, inflated));
  }

  // A body that can't be used is no reason to miss the registration.
  private static Params features(SipRequest request, int inflated) {
    try {
      for (byte[] inner : bodies(request, inflated)) {
        if (new SipReader().read(inner) instanceof SipRequest register && register.is("REGISTER") && !register.isContactStar()) {
          List<NameAddr> contacts = register.addresses(Header.CONTACT);
          return contacts.isEmpty() ? Params.NONE : contacts.getFirst().params().without("expires").without("reg-id");
        }
      }
    } catch (Malformed bad) {
      LOG.info("event=third_party_register_body_unusable why=\"{}\"", bad.getMessage());
    }
    return Params.NONE;
  }

  private static List<byte[]> bodies(SipRequest request, int inflated) {
    Optional<MediaType> type = request.contentType();
    if (type.isEmpty()) {
      return List.of();
    }
    byte[] body = ContentEncoding.inflate(request.first(Header.CONTENT_ENCODING).orElse("identity"), request.body(), inflated);
    if (type.get().is(SIP)) {
      return List.of(body);
    }
    if (!type.get().type().equals("multipart")) {
      return List.of();
    }
    return Multipart.parse(type.get(), body).parts().stream().filter(p -> p.is(SIP)).map((Entity p) -> p.content(inflated)).toList();
  }
}
