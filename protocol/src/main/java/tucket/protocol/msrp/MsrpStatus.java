// Status codes of MSRP.
package tucket.protocol.msrp;

/// RFC 4975 section 10, RFC 4976 section 5, RFC 7701 section 10.
public final class MsrpStatus {
  public static final int OK = 200;
  public static final int BAD_REQUEST = 400;
  public static final int UNAUTHORIZED = 401;
  public static final int FORBIDDEN = 403;
  public static final int NO_RECIPIENT = 404;
  public static final int TIMEOUT = 408;
  public static final int STOP_SENDING = 413;
  public static final int UNSUPPORTED_TYPE = 415;
  public static final int OUT_OF_BOUNDS = 423;
  public static final int NICKNAME_USED = 425;
  public static final int NO_SESSION = 481;
  public static final int UNKNOWN_METHOD = 501;
  public static final int BOUND_ELSEWHERE = 506;

  private MsrpStatus() {}

  /// A comment for the status line, which must not be empty: one terminal drops the connection at a line of two words.
  public static String comment(int status) {
    return switch (status) {
      case OK -> "OK";
      case BAD_REQUEST -> "Bad Request";
      case UNAUTHORIZED -> "Unauthorized";
      case FORBIDDEN -> "Forbidden";
      case NO_RECIPIENT -> "Failure To Resolve Recipient's URI";
      case TIMEOUT -> "Request Timeout";
      case STOP_SENDING -> "Stop Sending";
      case UNSUPPORTED_TYPE -> "Media Type Not Understood";
      case OUT_OF_BOUNDS -> "Interval Out-of-Bounds";
      case NICKNAME_USED -> "Nickname Usage Failed";
      case NO_SESSION -> "Session Does Not Exist";
      case UNKNOWN_METHOD -> "Unknown Method";
      case BOUND_ELSEWHERE -> "Session Already Bound";
      default -> status < 300 ? "OK" : "Failed";
    };
  }

  /// Whether a message that got this status is lost while the session lives on; any other failure ends the session.
  public static boolean sparesSession(int status) {
    return switch (status) {
      case BAD_REQUEST, FORBIDDEN, TIMEOUT, STOP_SENDING, UNSUPPORTED_TYPE, OUT_OF_BOUNDS, NICKNAME_USED -> true;
      default -> false;
    };
  }
}
