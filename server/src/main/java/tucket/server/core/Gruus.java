// Globally routable user agent URIs.
package tucket.server.core;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipUri;
import tucket.server.reference.DeviceId;
import tucket.transport.Chance;

/// Public and temporary GRUUs (RFC 5627). A public one is the address of record with the instance in `gr`. A temporary one hides both: its
/// user part is sealed with our key, so that nothing needs to be remembered to resolve it (appendix A.2); `epoch` ties it to the Call-ID
/// under which the instance is registered, for it dies with that (section 3.1). Thread-safe.
final class Gruus {
  private static final String TEMPORARY = "tgruu.";
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  /// What a temporary GRUU names.
  record Temporary(AddressOfRecord user, DeviceId device, String epoch) {}

  private final SecretKeySpec key;
  private final Chance chance;

  Gruus(Secrets secrets, Chance chance) {
    this.key = new SecretKeySpec(secrets.derive("temporary GRUU"), "AES");
    this.chance = chance;
  }

  static SipUri publicOf(AddressOfRecord user, String instance) {
    SipUri uri = (SipUri) user.uri();
    return uri.withParam("gr", instance);
  }

  /// The device that a `gr` parameter with a value names.
  static Optional<DeviceId> publicDevice(SipUri uri) {
    return uri.params().value("gr").filter(v -> !v.isEmpty()).map(DeviceId::new);
  }

  SipUri temporary(AddressOfRecord user, String domain, DeviceId device, String epoch) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(plain)) {
      out.writeUTF(user.value());
      out.writeUTF(device.value());
      out.writeUTF(epoch);
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
    byte[] nonce = new byte[NONCE];
    chance.fill(nonce);
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, plain.toByteArray()).orElseThrow();
    byte[] both = Arrays.copyOf(nonce, NONCE + sealed.length);
    System.arraycopy(sealed, 0, both, NONCE, sealed.length);
    return SipUri.of(TEMPORARY + Base64.getUrlEncoder().withoutPadding().encodeToString(both), domain).withParam("gr");
  }

  /// What a URI names that may be a temporary GRUU of ours; empty where it is none.
  Optional<Temporary> resolve(SipUri uri) {
    if (!uri.params().has("gr") || !uri.user().startsWith(TEMPORARY)) {
      return Optional.empty();
    }
    byte[] both;
    try {
      both = Base64.getUrlDecoder().decode(uri.user().substring(TEMPORARY.length()));
    } catch (IllegalArgumentException notOurs) {
      return Optional.empty();
    }
    if (both.length <= NONCE) {
      return Optional.empty();
    }
    byte[] sealed = Arrays.copyOfRange(both, NONCE, both.length);
    return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(both, NONCE), sealed).map(Gruus::read);
  }

  private static Temporary read(byte[] plain) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(plain))) {
      return new Temporary(new AddressOfRecord(in.readUTF()), new DeviceId(in.readUTF()), in.readUTF());
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
  }

  // Empty where what is to be opened was not sealed with this key.
  private Optional<byte[]> cipher(int mode, byte[] nonce, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      return Optional.of(cipher.doFinal(data));
    } catch (AEADBadTagException forged) {
      return Optional.empty();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("the Java runtime has no AES-GCM", missing);
    }
  }
}
