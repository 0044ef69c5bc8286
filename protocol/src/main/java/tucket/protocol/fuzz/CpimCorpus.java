// CPIM literally as the clients of the field write it.
package tucket.protocol.fuzz;

import java.util.List;

/// What the tests read and what fuzzing begins with.
public final class CpimCorpus {
  public static final String LINPHONE_IMDN =
      "From: <sip:bob@example.org>\r\nTo: <sip:alice@example.org>\r\nDateTime: 2026-11-22T07:56:57Z\r\n\r\n"
          + "Content-Disposition: notification\r\nContent-Type: message/imdn+xml\r\nContent-Length: 0\r\n\r\n"
          + "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\" ?>\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\n\n"
          + "  <message-id>Zx~9kQ</message-id>\n  <datetime>2026-11-22T07:56:56Z</datetime>\n\n"
          + "  <delivery-notification>\n    <status>\n      <delivered/>\n    </status>\n  </delivery-notification>\n\n</imdn>\n";
  public static final String LINPHONE_MESSAGE =
      "From: <sip:alice@example.org>\r\nTo: <sip:bob@example.org>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: Zx~9kQ\r\n"
          + "imdn.Disposition-Notification: positive-delivery, negative-delivery, display\r\nDateTime: 2026-11-22T07:56:56Z\r\n\r\n"
          + "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
  public static final String AG_MESSAGE =
      "From: \"Alice A.\" <sip:alice@example.com>\r\nTo: <sip:bob@example.com>\r\nDateTime: 2026-11-22T07:56:56.123456+00:00\r\n"
          + "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 4f3c2b\r\nimdn.Disposition-Notification: positive-delivery, "
          + "display\r\n\r\n"
          + "MIME-Version: 1.0\nContent-Type: text/plain; charset=\"utf-8\"\n\nhello\nworld";
  public static final String AG_IMDN =
      "From: <sip:bob@example.com>\r\nTo: <sip:alice@example.com>\r\nDateTime: 2026-11-22T07:56:57.654321+00:00\r\n"
          + "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: aa11\r\n\r\n"
          + "MIME-Version: 1.0\nContent-Type: message/imdn+xml\nContent-Disposition: notification\n\n"
          + "<?xml version='1.0' encoding='UTF-8'?>\n<imdn:imdn "
          + "xmlns:imdn=\"urn:ietf:params:xml:ns:imdn\"><imdn:message-id>4f3c2b</imdn:message-id>"
          + "<imdn:datetime>2026-11-22T07:56:56.123456+00:00</imdn:datetime><imdn:recipient-uri>sip%3Abob%40example.com</imdn:recipient-"
          + "uri>"
          + "<imdn:display-notification><imdn:status><imdn:displayed/></imdn:status></imdn:display-notification></imdn:imdn>";
  public static final String RCSJTA_MESSAGE =
      "From: <sip:anonymous@anonymous.invalid>\r\nTo: <sip:anonymous@anonymous.invalid>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
          + "imdn.Message-ID: Msg6b8f\r\nDateTime: 2026-11-22T07:56:56.000Z\r\nimdn.Disposition-Notification: positive-delivery, "
          + "display\r\n\r\n"
          + "Content-type: text/plain;charset=utf-8\r\n\r\nhello";
  public static final String RCSJTA_IMDN =
      "From: <sip:anonymous@anonymous.invalid>\r\nTo: <sip:anonymous@anonymous.invalid>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
          + "imdn.Message-ID: Msg77\r\nDateTime: 2026-11-22T07:56:58.000Z\r\n\r\n"
          + "Content-type: message/imdn+xml\r\nContent-Disposition: notification\r\nContent-length: 264\r\n\r\n"
          + "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\r\n"
          + "<message-id>Msg6b8f</message-id>\r\n"
          + "<datetime>2026-11-22T07:56:56.000Z</datetime>\r\n"
          + "<delivery-notification><status><delivered/></status></delivery-notification>\r\n</imdn>";
  public static final String MAVENIR_MESSAGE =
      "From: <sip:anonymous@anonymous.invalid>\r\nTo: <sip:anonymous@anonymous.invalid>\r\nNS: imdn<urn:ietf:params:imdn>\r\n"
          + "imdn.Message-ID: m1\r\nDateTime: 2018-02-16T01:42:50+5:30\r\nimdn.Disposition-Notification: positive-delivery, display\r\n\r\n"
          + "Content-type: text/plain;charset=utf-8\r\nContent-length: 2\r\n\r\nhi";

  /// All of them.
  public static final List<String> ALL =
      List.of(LINPHONE_IMDN, LINPHONE_MESSAGE, AG_MESSAGE, AG_IMDN, RCSJTA_MESSAGE, RCSJTA_IMDN, MAVENIR_MESSAGE);

  private CpimCorpus() {}
}
