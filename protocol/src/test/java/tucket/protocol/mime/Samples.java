// Random but repeatable texts for property tests.
package tucket.protocol.mime;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Makes values from a seed; the same seed gives the same values.
public final class Samples {
  private static final String TOKEN = "abcXYZ019-_~!";
  private static final String TEXT = "abc XYZ 019 <>&'\"\\;,.:=()/?%#[]{}|^`~ \u00e4\u00f6\u00df\u4f60\u597d\ud83d\ude00";

  public final SplittableRandom random;

  public Samples(long seed) {
    this.random = new SplittableRandom(seed);
  }

  public int upTo(int bound) {
    return random.nextInt(bound);
  }

  public String token() {
    StringBuilder out = new StringBuilder();
    int length = 1 + upTo(20);
    for (int i = 0; i < length; i++) {
      out.append(TOKEN.charAt(upTo(TOKEN.length())));
    }
    return out.toString();
  }

  /// Text of any printable characters, never blank at either end and never empty.
  public String text() {
    StringBuilder out = new StringBuilder("x");
    int length = upTo(30);
    int[] points = TEXT.codePoints().toArray();
    for (int i = 0; i < length; i++) {
      out.appendCodePoint(points[upTo(points.length)]);
    }
    return out.append('y').toString();
  }

  public String uri() {
    return upTo(3) == 0 ? "tel:+" + (1_000_000L + upTo(1_000_000_000)) : "sip:" + token() + "@" + "example" + upTo(100) + ".com";
  }

  public byte[] bytes(int most) {
    byte[] out = new byte[upTo(most + 1)];
    random.nextBytes(out);
    return out;
  }

  public <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  public <E extends Enum<E>> E oneOf(Class<E> type) {
    return type.getEnumConstants()[upTo(type.getEnumConstants().length)];
  }
}
