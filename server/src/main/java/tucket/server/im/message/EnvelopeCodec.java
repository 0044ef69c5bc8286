// An envelope as bytes in the store.
package tucket.server.im.message;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.Envelope;

/// Version 1 of the stored form. Times keep milliseconds; the body is kept byte for byte.
public final class EnvelopeCodec {
  private static final int VERSION = 1;

  private EnvelopeCodec() {}

  public static byte[] encode(Envelope e) {
    Packed.Writer out = new Packed.Writer(VERSION);
    out.put((byte) e.kind().ordinal()).put(e.messageId()).put(e.from().value()).put(e.to().value());
    out.put(e.received()).put(e.expires()).put(mask(e.wanted())).put(e.contentType().toString()).put(e.contentEncoding());
    out.put(e.carried().size());
    for (Envelope.Carried c : e.carried()) {
      out.put(c.name()).put(c.value());
    }
    return out.put(e.body()).bytes();
  }

  public static Envelope decode(byte[] stored) {
    Packed.Reader in = new Packed.Reader(stored, VERSION);
    Envelope.Kind kind = Envelope.Kind.values()[in.oneByte()];
    String messageId = in.text();
    AddressOfRecord from = new AddressOfRecord(in.text());
    AddressOfRecord to = new AddressOfRecord(in.text());
    Instant received = in.instant();
    Instant expires = in.instant();
    Set<Disposition> wanted = dispositions(in.oneByte());
    MediaType type = MediaType.parse(in.text());
    String encoding = in.text();
    int count = in.number();
    List<Envelope.Carried> carried = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      carried.add(new Envelope.Carried(in.text(), in.text()));
    }
    return new Envelope(kind, messageId, from, to, received, expires, wanted, type, encoding, carried, in.byteArray());
  }

  /// Dispositions as one byte, a bit each.
  public static byte mask(Set<Disposition> wanted) {
    int mask = 0;
    for (Disposition d : wanted) {
      mask |= 1 << d.ordinal();
    }
    return (byte) mask;
  }

  /// The reverse of [#mask].
  public static Set<Disposition> dispositions(byte mask) {
    Set<Disposition> found = EnumSet.noneOf(Disposition.class);
    for (Disposition d : Disposition.values()) {
      if ((mask & 1 << d.ordinal()) != 0) {
        found.add(d);
      }
    }
    return found;
  }
}
