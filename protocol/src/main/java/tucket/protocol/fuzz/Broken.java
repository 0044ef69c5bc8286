// What had to hold and does not.
package tucket.protocol.fuzz;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Thrown by a [Target]; the message says which promise it is.
public final class Broken extends RuntimeException {
  private static final int SHOWN = 300;

  public Broken(String promise) {
    super(promise);
  }

  static void unless(boolean holds, String promise) {
    if (!holds) {
      throw new Broken(promise);
    }
  }

  /// That both are equal; arrays are by what is in them.
  static void unlessSame(@Nullable Object one, @Nullable Object other, String promise) {
    if (!Objects.deepEquals(one, other)) {
      throw new Broken(promise + ": " + shown(one) + " is not " + shown(other));
    }
  }

  private static String shown(@Nullable Object value) {
    String text = value instanceof byte[] bytes ? Fuzzer.printable(bytes) : String.valueOf(value);
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }
}
