// How much of a CPIM message is taken.
package tucket.protocol.cpim;

/// Bounds for reading: `messageBytes` of the whole, `headers` in the metadata, `lineBytes` of one header line, `inflatedBytes` of the
/// content once its Content-Encoding is undone. Over any of them the message is [tucket.protocol.Malformed].
public record CpimLimits(int messageBytes, int headers, int lineBytes, int inflatedBytes) {
  public static final CpimLimits DEFAULT = new CpimLimits(20 << 20, 100, 8192, 20 << 20);
}
