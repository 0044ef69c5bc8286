// Answers one REGISTER on a plain socket, so that a test sees the bytes that follow.
package tucket.client;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipFramer;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;

/// Without a challenge.
final class TappedRegistrar {
  private TappedRegistrar() {}

  /// Reads the request and answers it 200 with its Contact and with `header`.
  static void answer(Socket connection, String header) throws IOException {
    SipFramer framer = new SipFramer();
    byte[] buffer = new byte[8192];
    while (true) {
      int read = connection.getInputStream().read(buffer);
      if (read < 0) {
        throw new IOException("the client has closed the connection");
      }
      framer.append(Arrays.copyOf(buffer, read));
      Optional<SipFramer.Frame> frame = framer.next();
      if (frame.isPresent() && frame.get() instanceof SipFramer.Message(SipMessage message) && message instanceof SipRequest request) {
        int colon = header.indexOf(':');
        SipResponse ok =
            SipResponse.to(request, Status.OK)
                .with(Header.CONTACT, request.first(Header.CONTACT).orElse(""))
                .with(Header.of(header.substring(0, colon)), header.substring(colon + 1).strip());
        connection.getOutputStream().write(ok.encode());
        return;
      }
    }
  }
}
