// Tells HTTP/2 without TLS from HTTP/1.1.
package tucket.transport.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/// HTTP/2 by prior knowledge (RFC 9113 section 3.3), and everything else. Four bytes of its preface are enough: PRI is a method of nothing else
/// (section 3.4). Left to itself the server underneath waits for all 24 bytes, and closes without an answer what is neither.
///
/// @param http2 whether this is the one for HTTP/2
record ByPreface(ServerConnectionSelector behind, boolean http2) implements ServerConnectionSelector {
  private static final byte[] PREFACE = {'P', 'R', 'I', ' '};

  @Override
  public int bytesToIdentifyConnection() {
    return PREFACE.length;
  }

  @Override
  public Support supports(BufferData data) {
    int seen = Math.min(PREFACE.length, data.available());
    for (int i = 0; i < seen; i++) {
      if (data.get(i) != PREFACE[i]) {
        return http2 ? Support.UNSUPPORTED : Support.SUPPORTED;
      }
    }
    return seen < PREFACE.length ? Support.UNKNOWN : http2 ? Support.SUPPORTED : Support.UNSUPPORTED;
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return behind.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    return behind.connection(context);
  }
}
