// Inflating: every coding that clients use, and bombs.
package tucket.protocol.mime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import tucket.protocol.Malformed;
import tucket.protocol.testing.Damaged;

public class ContentEncodingTest {
  private static final byte[] TEXT = "From: <sip:a@example.com>\r\n".repeat(50).getBytes(UTF_8);

  /// `raw` leaves out the zlib wrapping.
  public static byte[] deflate(byte[] plain, boolean raw) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(9, raw);
    try (DeflaterOutputStream stream = new DeflaterOutputStream(out, deflater)) {
      stream.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
    return out.toByteArray();
  }

  public static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream stream = new GZIPOutputStream(out)) {
      stream.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Test
  void deflateIsReadWithAndWithoutItsZlibWrapping() {
    assertThat(ContentEncoding.inflate("deflate", deflate(TEXT, false), 10_000)).isEqualTo(TEXT);
    assertThat(ContentEncoding.inflate(" Deflate ", deflate(TEXT, true), 10_000)).isEqualTo(TEXT);
  }

  @Test
  void gzipAndIdentityAreRead() {
    assertThat(ContentEncoding.inflate("gzip", gzip(TEXT), 10_000)).isEqualTo(TEXT);
    assertThat(ContentEncoding.inflate("x-gzip", gzip(TEXT), 10_000)).isEqualTo(TEXT);
    assertThat(ContentEncoding.inflate("identity", TEXT, 10_000)).isEqualTo(TEXT);
    assertThat(ContentEncoding.inflate("", TEXT, 10_000)).isEqualTo(TEXT);
  }

  @Test
  void ofSeveralCodingsTheLastIsUndoneFirst() {
    assertThat(ContentEncoding.inflate("deflate, gzip", gzip(deflate(TEXT, false)), 10_000)).isEqualTo(TEXT);
  }

  @Test
  void anEmptyBodyDeflatesAndInflates() {
    assertThat(ContentEncoding.inflate("deflate", deflate(new byte[0], false), 0)).isEmpty();
    assertThat(ContentEncoding.inflate("gzip", gzip(new byte[0]), 0)).isEmpty();
  }

  @Test
  void theLimitIsExact() {
    for (String coding : List.of("deflate", "gzip", "identity")) {
      byte[] coded = coding.equals("gzip") ? gzip(TEXT) : coding.equals("deflate") ? deflate(TEXT, false) : TEXT;
      assertThat(ContentEncoding.inflate(coding, coded, TEXT.length)).isEqualTo(TEXT);
      assertThatThrownBy(() -> ContentEncoding.inflate(coding, coded, TEXT.length - 1)).isInstanceOf(Malformed.class)
          .hasMessageContaining("limit");
    }
  }

  @Test
  void aBombIsStoppedAtTheLimit() {
    byte[] zeros = new byte[200 << 20];
    byte[] bomb = deflate(zeros, false);
    byte[] gzipBomb = gzip(zeros);
    long before = Runtime.getRuntime().totalMemory();
    assertThat(bomb.length).isLessThan(1 << 20);
    assertThatThrownBy(() -> ContentEncoding.inflate("deflate", bomb, 64 * 1024)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> ContentEncoding.inflate("gzip", gzipBomb, 64 * 1024)).isInstanceOf(Malformed.class);
    assertThat(before).isPositive();
  }

  @Test
  void whatWeDoNotKnowIsRefusedAndToldApartFromDamage() {
    assertThat(ContentEncoding.isAccepted("br")).isFalse();
    assertThat(ContentEncoding.isAccepted("deflate, identity")).isTrue();
    assertThatThrownBy(() -> ContentEncoding.inflate("br", TEXT, 10_000)).isInstanceOf(Malformed.class)
        .hasMessageContaining("Content-Encoding");
    assertThatThrownBy(() -> ContentEncoding.inflate("gzip,gzip,gzip,gzip,gzip", TEXT, 10_000)).isInstanceOf(Malformed.class);
  }

  @Test
  void damagedAndTruncatedDataIsRefused() {
    byte[] good = deflate(TEXT, false);
    assertThatThrownBy(() -> ContentEncoding.inflate("deflate", Arrays.copyOf(good, good.length / 2), 10_000))
        .isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> ContentEncoding.inflate("deflate", TEXT, 10_000)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> ContentEncoding.inflate("deflate", new byte[0], 10_000)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> ContentEncoding.inflate("gzip", TEXT, 10_000)).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> ContentEncoding.inflate("gzip", new byte[0], 10_000)).isInstanceOf(Malformed.class);
  }

  @Test
  void damagedInputNeverEscapesAsAnythingElse() {
    List<byte[]> corpus = List.of(deflate(TEXT, false), deflate(TEXT, true), gzip(TEXT), TEXT);
    Damaged.run(11, 5000, corpus, data -> ContentEncoding.inflate("deflate", data, 100_000));
    Damaged.run(12, 5000, corpus, data -> ContentEncoding.inflate("gzip", data, 100_000));
  }
}
