// How a binding is written to the store.
package tucket.server.core;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.protocol.sip.NameAddr;
import tucket.server.Schema;
import tucket.server.reference.DeviceId;
import tucket.store.Key;
import tucket.transport.Clock;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;

/// One format byte, then the parts in the order of the record; the link is not written. Times are milliseconds since 1970.
final class BindingFormat {
  private static final int VERSION = 1;

  private BindingFormat() {}

  static byte[] key(Binding of) {
    return Key.of(Schema.BINDING).text(of.device().value()).number(of.regId()).bytes();
  }

  static byte[] write(Binding of) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeUTF(of.device().value());
      out.writeByte((of.lasting() ? 1 : 0) | (of.nated() ? 2 : 0) | (of.source().isPresent() ? 4 : 0));
      out.writeInt(of.regId());
      out.writeUTF(of.contact().toString());
      out.writeShort(of.q());
      out.writeShort(of.path().size());
      for (String hop : of.path()) {
        out.writeUTF(hop);
      }
      out.writeUTF(of.callId());
      out.writeLong(of.cseq());
      out.writeUTF(of.epoch());
      out.writeLong(of.since().toEpochMilli());
      out.writeLong(of.expires().toEpochMilli());
      out.writeUTF(of.agent());
      if (of.source().isPresent()) {
        Endpoint source = of.source().get();
        byte[] address = source.address().getAddress().getAddress();
        out.writeUTF(source.protocol().name());
        out.writeByte(address.length);
        out.write(address);
        out.writeShort(source.port());
      }
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
    return bytes.toByteArray();
  }

  /// The binding as it is after a restart: a flow that was a connection is gone, and with it a binding that hung on it.
  static Binding read(byte[] value, Clock clock) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(value))) {
      int format = in.readByte();
      if (format != VERSION) {
        throw new IllegalStateException("binding in format " + format + " was written by a newer server");
      }
      DeviceId device = new DeviceId(in.readUTF());
      int marks = in.readByte();
      int regId = in.readInt();
      NameAddr contact = NameAddr.parse(in.readUTF());
      int q = in.readUnsignedShort();
      List<String> path = new ArrayList<>();
      for (int i = in.readUnsignedShort(); i > 0; i--) {
        path.add(in.readUTF());
      }
      String callId = in.readUTF();
      long cseq = in.readLong();
      String epoch = in.readUTF();
      Instant since = Instant.ofEpochMilli(in.readLong());
      Instant expires = Instant.ofEpochMilli(in.readLong());
      String agent = in.readUTF();
      Optional<Endpoint> source = (marks & 4) == 0 ? Optional.empty() : Optional.of(endpoint(in));
      long until = until(expires, clock);
      Binding.Link link = new Binding.Link(Optional.empty(), 0, until, until - clock.nanos() <= 0);
      return new Binding(device, (marks & 1) != 0, regId, contact, q, path, callId, cseq, epoch, since, expires, agent, source,
          (marks & 2) != 0, link);
    } catch (IOException cut) {
      throw new UncheckedIOException("binding is cut short", cut);
    }
  }

  private static Endpoint endpoint(DataInputStream in) throws IOException {
    Protocol protocol = Protocol.valueOf(in.readUTF());
    byte[] address = in.readNBytes(in.readUnsignedByte());
    return new Endpoint(protocol, new InetSocketAddress(InetAddress.getByAddress(address), in.readUnsignedShort()));
  }

  static long until(Instant expires, Clock clock) {
    return clock.nanos() + Duration.between(clock.now(), expires).toNanos();
  }
}
