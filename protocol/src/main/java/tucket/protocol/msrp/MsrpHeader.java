// One header line of an MSRP request or response.
package tucket.protocol.msrp;

/// `name: value` (RFC 4975 section 9). Names are matched without regard to case when read and written exactly as the RFC has them:
/// terminals look them up with case.
public record MsrpHeader(String name, String value) {
  public static final String TO_PATH = "To-Path";
  public static final String FROM_PATH = "From-Path";
  public static final String MESSAGE_ID = "Message-ID";
  public static final String BYTE_RANGE = "Byte-Range";
  public static final String SUCCESS_REPORT = "Success-Report";
  public static final String FAILURE_REPORT = "Failure-Report";
  public static final String STATUS = "Status";
  public static final String CONTENT_TYPE = "Content-Type";
  /// RFC 4976 section 4.
  public static final String USE_PATH = "Use-Path";
  public static final String EXPIRES = "Expires";
  public static final String MIN_EXPIRES = "Min-Expires";
  public static final String MAX_EXPIRES = "Max-Expires";
  public static final String WWW_AUTHENTICATE = "WWW-Authenticate";
  public static final String AUTHORIZATION = "Authorization";
  public static final String AUTHENTICATION_INFO = "Authentication-Info";
  /// RFC 7701 section 7.1.
  public static final String USE_NICKNAME = "Use-Nickname";

  public MsrpHeader {
    if (name.isEmpty() || name.indexOf(':') >= 0 || hasLineEnd(name) || hasLineEnd(value)) {
      throw new IllegalArgumentException("not one MSRP header line: " + name);
    }
  }

  private static boolean hasLineEnd(String text) {
    return text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0;
  }
}
