// How much of an MSRP message head is taken.
package tucket.protocol.msrp;

/// Bounds for reading: `lineBytes` of a header line, `headBytes` of the start line and all headers, `headers` their number. A body has no
/// bound here, because the reader never holds it; [MsrpAssembly] has one.
public record MsrpLimits(int lineBytes, int headBytes, int headers) {
  public static final MsrpLimits DEFAULT = new MsrpLimits(8192, 16 * 1024, 64);
}
