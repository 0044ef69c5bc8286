// The DNS record types that are asked for, and how their data is read.
package tucket.transport.dns;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRecordType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import tucket.transport.dns.Records.Naptr;
import tucket.transport.dns.Records.Srv;

/// Data that is too short throws [IndexOutOfBoundsException], a bad name [io.netty.handler.codec.CorruptedFrameException]; the caller
/// turns both into one failure of the answer.
enum DnsType {
  A(DnsRecordType.A),
  AAAA(DnsRecordType.AAAA),
  SRV(DnsRecordType.SRV),
  NAPTR(DnsRecordType.NAPTR);

  private final DnsRecordType wire;

  DnsType(DnsRecordType wire) {
    this.wire = wire;
  }

  DnsRecordType wire() {
    return wire;
  }

  /// The record, or empty where it is of no use to SIP.
  Optional<Object> read(ByteBuf data) {
    return switch (this) {
      case A -> Optional.of(address(data, 4));
      case AAAA -> Optional.of(address(data, 16));
      // RFC 2782
      case SRV -> Optional.of(new Srv(data.readUnsignedShort(), data.readUnsignedShort(), data.readUnsignedShort(), name(data)));
      case NAPTR -> naptr(data);
    };
  }

  private static InetAddress address(ByteBuf data, int length) {
    byte[] bytes = new byte[length];
    data.readBytes(bytes);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  // RFC 3403 section 4.1; RFC 3263 section 4.1: the regular expression is empty
  private static Optional<Object> naptr(ByteBuf data) {
    int order = data.readUnsignedShort();
    int preference = data.readUnsignedShort();
    String flags = text(data).toLowerCase(Locale.ROOT);
    String service = text(data);
    String expression = text(data);
    String replacement = name(data);
    boolean useful = expression.isEmpty() && !replacement.isEmpty() && (flags.equals("s") || flags.equals("a"));
    return useful ? Optional.of(new Naptr(order, preference, flags, service, replacement)) : Optional.empty();
  }

  private static String text(ByteBuf data) {
    return data.readCharSequence(data.readUnsignedByte(), StandardCharsets.US_ASCII).toString();
  }

  static String name(ByteBuf data) {
    return plain(DefaultDnsRecordDecoder.decodeName(data));
  }

  /// In lower case, without the final dot.
  static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
