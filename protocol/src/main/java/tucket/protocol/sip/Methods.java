// The SIP methods that a messaging server meets.
package tucket.protocol.sip;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Method names (RFC 3261, 3262, 3265, 3311, 3428, 3515, 3903, 6086). Methods are case-sensitive (RFC 3261 section 7.1).
public final class Methods {
  public static final String INVITE = "INVITE";
  public static final String ACK = "ACK";
  public static final String BYE = "BYE";
  public static final String CANCEL = "CANCEL";
  public static final String REGISTER = "REGISTER";
  public static final String OPTIONS = "OPTIONS";
  public static final String MESSAGE = "MESSAGE";
  public static final String SUBSCRIBE = "SUBSCRIBE";
  public static final String NOTIFY = "NOTIFY";
  public static final String PUBLISH = "PUBLISH";
  public static final String REFER = "REFER";
  public static final String UPDATE = "UPDATE";
  public static final String PRACK = "PRACK";
  public static final String INFO = "INFO";

  public static final List<String> ALL =
      List.of(INVITE, ACK, BYE, CANCEL, REGISTER, OPTIONS, MESSAGE, SUBSCRIBE, NOTIFY, PUBLISH, REFER, UPDATE, PRACK, INFO);

  private static final String[] NAMES = ALL.toArray(new String[0]);
  private static final byte[][] BYTES = ALL.stream().map(m -> m.getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);

  private Methods() {}

  /// The shared text of a known method, else `method` itself.
  static String known(String method) {
    for (String name : NAMES) {
      if (name.equals(method)) {
        return name;
      }
    }
    return method;
  }

  /// The method that `data[from, to)` spells; known ones make no garbage.
  static String read(byte[] data, int from, int to) {
    for (int i = 0; i < BYTES.length; i++) {
      byte[] name = BYTES[i];
      if (name.length == to - from && name[0] == data[from] && java.util.Arrays.equals(name, 0, name.length, data, from, to)) {
        return NAMES[i];
      }
    }
    return new String(data, from, to - from, StandardCharsets.UTF_8);
  }
}
