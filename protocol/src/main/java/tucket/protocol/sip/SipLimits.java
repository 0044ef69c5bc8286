// The bounds of one SIP message: what is longer is refused before it costs memory.
package tucket.protocol.sip;

/// Upper bounds, all in bytes but `headers`, which counts header lines.
///
/// @param messageBytes the whole message
/// @param headerBytes start line and headers with their line ends
/// @param headers header lines
/// @param lineBytes one header line with its folds
/// @param bodyBytes the body
public record SipLimits(int messageBytes, int headerBytes, int headers, int lineBytes, int bodyBytes) {
  public static final SipLimits DEFAULT = new SipLimits(1_048_576, 65_536, 512, 16_384, 983_040);

  public SipLimits {
    if (messageBytes < 1 || headerBytes < 1 || headers < 1 || lineBytes < 1 || bodyBytes < 0) {
      throw new IllegalArgumentException("every limit has to be positive");
    }
  }
}
