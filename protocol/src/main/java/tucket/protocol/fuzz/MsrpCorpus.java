// MSRP messages to read and to damage.
package tucket.protocol.fuzz;

import java.util.List;

/// What the tests read and what fuzzing begins with; two paths are those of `PATHS`.
public final class MsrpCorpus {
  public static final String PATHS = "To-Path: msrp://198.51.100.1:2855/mine;tcp\r\nFrom-Path: msrp://10.0.0.1:20000/theirs;tcp\r\n";
  public static final String EMPTY_SEND = "MSRP d93kswow SEND\r\n" + PATHS + "Message-ID: 12339sdqwer\r\n-------d93kswow$\r\n";
  public static final String SEND = "MSRP a786hjs2 SEND\r\n" + PATHS + "Message-ID: 87652491\r\nByte-Range: 1-25/25\r\nContent-Type: "
      + "text/plain\r\n\r\n"
      + "Hey Bob, are you there?\r\n\r\n-------a786hjs2$\r\n";
  public static final String RESPONSE = "MSRP a786hjs2 200 OK\r\n" + PATHS + "-------a786hjs2$\r\n";
  public static final String REPORT = "MSRP dkei38sd REPORT\r\n" + PATHS + "Message-ID: 12339sdqwer\r\nByte-Range: 1-106/106\r\nStatus: 000 "
      + "200 OK\r\n-------dkei38sd$\r\n";
  public static final String AUTH = "MSRP 49fi AUTH\r\nTo-Path: msrps://alice@intra.example.com;tcp\r\nFrom-Path: "
      + "msrps://alice.example.com:9892/98cjs;tcp\r\n-------49fi$\r\n";
  public static final String NICKNAME = "MSRP d93kswow NICKNAME\r\n" + PATHS + "Use-Nickname: \"Alice is great\"\r\n-------d93kswow$\r\n";

  /// All of them.
  public static final List<String> ALL = List.of(EMPTY_SEND, SEND, RESPONSE, REPORT, AUTH, NICKNAME);

  private MsrpCorpus() {}
}
