// One published piece of event state.
package tucket.server.event;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import tucket.protocol.mime.MediaType;

/// What one client has published in one package and keeps alive (RFC 3903 section 4.1).
///
/// @param id the same for as long as it lives; the entity tag changes with every refresh
/// @param body in identity encoding
public record Publication(String id, String etag, MediaType type, byte[] body, Instant until) {
  private static final int FORMAT = 1;

  Publication renewed(String newEtag, Instant to) {
    return new Publication(id, newEtag, type, body, to);
  }

  byte[] write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 64);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeUTF(etag);
      out.writeUTF(type.toString());
      out.writeLong(until.toEpochMilli());
      out.writeInt(body.length);
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a byte array does not fail
    }
    return bytes.toByteArray();
  }

  static Publication read(String id, byte[] value) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
      if (in.readByte() != FORMAT) {
        throw new IllegalStateException("stored publication of another format version");
      }
      String etag = in.readUTF();
      MediaType type = MediaType.parse(in.readUTF());
      Instant until = Instant.ofEpochMilli(in.readLong());
      return new Publication(id, etag, type, in.readNBytes(in.readInt()), until);
    } catch (IOException e) {
      throw new IllegalStateException("stored publication is damaged", e);
    }
  }
}
