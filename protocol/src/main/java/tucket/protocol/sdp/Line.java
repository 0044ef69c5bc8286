// A line of a session description that we keep without looking into it.
package tucket.protocol.sdp;

/// `type=value`, as bandwidth, timing, information and key lines are (RFC 4566 section 5).
public record Line(char type, String value) {
  public Line {
    check(value);
  }

  static void check(String text) {
    if (text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("not one SDP line");
    }
  }

  @Override
  public String toString() {
    return type + "=" + value;
  }
}
