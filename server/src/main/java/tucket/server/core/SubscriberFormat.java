// How a service profile is written to the store.
package tucket.server.core;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.digest.Algorithm;

/// One format byte, then the parts in the order of the record; texts as [DataOutputStream#writeUTF] has them.
final class SubscriberFormat {
  private static final int VERSION = 1;

  private SubscriberFormat() {}

  static byte[] write(Subscriber of) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeLong(of.version());
      out.writeUTF(of.id().value());
      out.writeUTF(of.displayName());
      out.writeByte((of.enabled() ? 1 : 0) | (of.mayUseIm() ? 2 : 0));
      out.writeShort(of.aliases().size());
      for (AddressOfRecord alias : of.aliases()) {
        out.writeUTF(alias.value());
      }
      out.writeLong(of.credentials().epoch());
      out.writeShort(of.credentials().hashes().size());
      for (Map.Entry<String, Map<Algorithm, String>> login : of.credentials().hashes().entrySet()) {
        out.writeUTF(login.getKey());
        out.writeByte(login.getValue().size());
        for (Map.Entry<Algorithm, String> hash : login.getValue().entrySet()) {
          out.writeUTF(hash.getKey().name());
          out.writeUTF(hash.getValue());
        }
      }
      out.writeShort(of.settings().size());
      for (Map.Entry<String, String> setting : of.settings().entrySet()) {
        out.writeUTF(setting.getKey());
        out.writeUTF(setting.getValue());
      }
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
    return bytes.toByteArray();
  }

  static Subscriber read(byte[] value) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
      int format = in.readByte();
      if (format != VERSION) {
        throw new IllegalStateException("service profile in format " + format + " was written by a newer server");
      }
      long version = in.readLong();
      AddressOfRecord id = new AddressOfRecord(in.readUTF());
      String displayName = in.readUTF();
      int switches = in.readByte();
      List<AddressOfRecord> aliases = new ArrayList<>();
      for (int i = in.readUnsignedShort(); i > 0; i--) {
        aliases.add(new AddressOfRecord(in.readUTF()));
      }
      Credentials credentials = credentials(in);
      Map<String, String> settings = new LinkedHashMap<>();
      for (int i = in.readUnsignedShort(); i > 0; i--) {
        settings.put(in.readUTF(), in.readUTF());
      }
      return new Subscriber(id, displayName, aliases, credentials, (switches & 1) != 0, (switches & 2) != 0, settings, version);
    } catch (IOException cut) {
      throw new UncheckedIOException("service profile is cut short", cut);
    }
  }

  private static Credentials credentials(DataInputStream in) throws IOException {
    long epoch = in.readLong();
    Map<String, Map<Algorithm, String>> hashes = new LinkedHashMap<>();
    for (int i = in.readUnsignedShort(); i > 0; i--) {
      String login = in.readUTF();
      Map<Algorithm, String> each = new EnumMap<>(Algorithm.class);
      for (int j = in.readUnsignedByte(); j > 0; j--) {
        each.put(Algorithm.valueOf(in.readUTF()), in.readUTF());
      }
      hashes.put(login, each);
    }
    return new Credentials(epoch, hashes);
  }
}
