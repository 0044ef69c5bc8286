// Session descriptions of terminals and gateways, to read and to damage.
package tucket.protocol.fuzz;

import java.util.List;

/// What the tests read and what fuzzing begins with.
public final class SdpCorpus {
  /// As a terminal writes it (attributes in its order), with lines that mean nothing to us.
  public static final String TERMINAL = """
      v=0\r
      o=- 3987654321 3987654321 IN IP4 10.0.0.1\r
      s=-\r
      c=IN IP4 10.0.0.1\r
      b=AS:64\r
      t=0 0\r
      m=message 20000 TCP/MSRP *\r
      a=accept-types:message/cpim application/im-iscomposing+xml\r
      a=accept-wrapped-types:text/plain message/imdn+xml application/vnd.gsma.rcspushlocation+xml\r
      a=setup:actpass\r
      a=path:msrp://10.0.0.1:20000/1416700000000;tcp\r
      a=sendrecv\r
      """;

  public static final String AG_OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=message 2855 TCP/TLS/MSRP *\r\nc=IN IP4 0.0.0.0\r\n"
      + "a=path:msrps://0.0.0.0:2855/5a8f;tcp\r\na=accept-types:message/cpim text/* image/* application/im-iscomposing+xml\r\n"
      + "a=accept-wrapped-types:*\r\na=setup:active\r\n";
  public static final String FILE_OFFER = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=message 7654 TCP/MSRP "
      + "*\r\na=sendonly\r\na=accept-types:*\r\n"
      + "a=path:msrp://192.0.2.7:7654/jshA7w;tcp\r\na=file-selector:name:\"cat.jpg\" type:image/jpeg size:4092\r\n"
      + "a=file-transfer-id:Q6LMoGymJdh0IKIgD6wD0jkcfgva4xvE\r\na=file-disposition:attachment\r\na=maxsize:20000\r\n";

  /// All of them.
  public static final List<String> ALL = List.of(TERMINAL, AG_OFFER, FILE_OFFER);

  private SdpCorpus() {}
}
