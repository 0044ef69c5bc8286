// A certificate for the lab, made in a moment, so that TLS works without an authority.
package tucket.transport.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tucket.transport.Unavailable;

/// Writes an X.509 v3 certificate (RFC 5280) with a key on the curve P-256, signed by itself. Who is to accept it names the certificate's
/// file as its trusted authority ([TlsSettings.Authorities]).
public final class SelfSigned {
  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private SelfSigned() {}

  /// Writes `lab.crt` and `lab.key` (the latter for the owner's eyes only) into `folder`, which is made where it is missing; valid for
  /// `life` from a day before now on. The subjectAltName has a `sip:` URI and a DNS name for each of `domains`, and always localhost,
  /// 127.0.0.1 and ::1. Existing files are replaced. Throws [Unavailable] where the folder can't be written.
  public static TlsSettings.Identity make(Path folder, List<String> domains, Duration life) {
    Path chain = folder.resolve("lab.crt");
    Path key = folder.resolve("lab.key");
    try {
      Files.createDirectories(folder);
      KeyPair pair = keys();
      byte[] certificate = certificate(pair, domains, Instant.now(), life);
      Files.deleteIfExists(key);
      if (key.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.writeString(key, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      Files.writeString(chain, pem("CERTIFICATE", certificate));
    } catch (IOException | UncheckedIOException unwritable) {
      throw new Unavailable(
          "Can't write " + chain + " and " + key + ": " + Failures.detail(unwritable) + "; choose a folder that can be written.",
          unwritable);
    } catch (GeneralSecurityException absent) {
      throw new IllegalStateException("this Java can't make a key on P-256", absent);
    }
    return new TlsSettings.Identity(chain, key);
  }

  /// The same without files.
  static ServerKey.Pair pair(List<String> domains, Duration life) {
    try {
      KeyPair pair = keys();
      byte[] certificate = certificate(pair, domains, Instant.now(), life);
      return new ServerKey.Pair(List.of((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(
          new ByteArrayInputStream(certificate))), pair.getPrivate());
    } catch (GeneralSecurityException absent) {
      throw new IllegalStateException("this Java can't make a certificate on P-256", absent);
    }
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  // RFC 5280 section 4.1
  private static byte[] certificate(KeyPair pair, List<String> domains, Instant now, Duration life) throws GeneralSecurityException {
    byte[] serial = new byte[16];
    new SecureRandom().nextBytes(serial);
    String common = domains.isEmpty() ? "localhost" : domains.getFirst();
    byte[] name = Der.sequence(Der.set(Der.sequence(Der.oid(2, 5, 4, 3), Der.text(common))));
    Instant from = now.minus(Duration.ofDays(1));
    byte[] body =
        Der.sequence(
            Der.of(0xA0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(1, serial)),
            ECDSA_WITH_SHA256,
            name,
            Der.sequence(Der.of(0x18, TIME.format(from)), Der.of(0x18, TIME.format(now.plus(life)))),
            name,
            pair.getPublic().getEncoded(),
            Der.of(0xA3, Der.sequence(alternatives(domains), authority())));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(pair.getPrivate());
    signature.update(body);
    return Der.sequence(body, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
  }

  // RFC 5280 section 4.2.1.6; RFC 5922 section 6 wants the sip: URI. DNS names count beside it only for HTTP, so localhost gets a URI of
  // its own.
  private static byte[] alternatives(List<String> domains) {
    Set<String> names = new LinkedHashSet<>(domains);
    names.add("localhost");
    List<byte[]> all = new ArrayList<>();
    for (String name : names) {
      all.add(Der.of(0x86, "sip:" + name));
      all.add(Der.of(0x82, name));
    }
    all.add(Der.of(0x87, InetAddress.ofLiteral("127.0.0.1").getAddress()));
    all.add(Der.of(0x87, InetAddress.ofLiteral("::1").getAddress()));
    return Der.sequence(Der.oid(2, 5, 29, 17), Der.of(0x04, Der.sequence(all.toArray(byte[][]::new))));
  }

  // RFC 5280 section 4.2.1.9: it is its own authority.
  private static byte[] authority() {
    byte[] yes = Der.of(0x01, new byte[] {(byte) 0xFF});
    return Der.sequence(Der.oid(2, 5, 29, 19), yes, Der.of(0x04, Der.sequence(yes)));
  }

  private static String pem(String label, byte[] der) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
  }

  /// The distinguished encoding rules (X.690), as far as a certificate needs them.
  private static final class Der {
    private Der() {}

    static byte[] of(int tag, byte[]... parts) {
      int length = 0;
      for (byte[] part : parts) {
        length += part.length;
      }
      byte[] size = size(length);
      byte[] all = new byte[1 + size.length + length];
      all[0] = (byte) tag;
      System.arraycopy(size, 0, all, 1, size.length);
      int at = 1 + size.length;
      for (byte[] part : parts) {
        System.arraycopy(part, 0, all, at, part.length);
        at += part.length;
      }
      return all;
    }

    static byte[] of(int tag, String ascii) {
      return of(tag, ascii.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] sequence(byte[]... parts) {
      return of(0x30, parts);
    }

    static byte[] set(byte[] part) {
      return of(0x31, part);
    }

    static byte[] text(String utf8) {
      return of(0x0C, utf8.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] integer(BigInteger value) {
      return of(0x02, value.toByteArray());
    }

    static byte[] bits(byte[] value) {
      return of(0x03, new byte[] {0}, value);
    }

    static byte[] oid(int first, int second, int... rest) {
      byte[] bytes = new byte[1 + rest.length * 5];
      bytes[0] = (byte) (first * 40 + second);
      int length = 1;
      for (int arc : rest) {
        for (int shift = 28; shift > 0; shift -= 7) {
          if (arc >>> shift != 0) {
            bytes[length++] = (byte) (arc >>> shift & 0x7F | 0x80);
          }
        }
        bytes[length++] = (byte) (arc & 0x7F);
      }
      return of(0x06, Arrays.copyOf(bytes, length));
    }

    private static byte[] size(int length) {
      if (length < 0x80) {
        return new byte[] {(byte) length};
      }
      return length < 0x100 ? new byte[] {(byte) 0x81, (byte) length} : new byte[] {(byte) 0x82, (byte) (length >> 8), (byte) length};
    }
  }
}
