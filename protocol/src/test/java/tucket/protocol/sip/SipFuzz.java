// Feeds broken messages to everything that reads SIP.
package tucket.protocol.sip;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import tucket.protocol.Malformed;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;

/// One round makes one input from the seed and its number, so that any round can be played again alone. Whatever is thrown but [Malformed]
/// is a finding.
final class SipFuzz {
  private static final String SPICE = "\r\n\r\n \t:;,<>\"\\@%=/?&*()[]{}|+-.0129aZ\0\u007f\u00ff";
  private static final SipLimits LIMITS = new SipLimits(20_000, 8_000, 100, 4_000, 12_000);

  private final List<byte[]> seeds = new ArrayList<>();
  private final SipReader reader = new SipReader(LIMITS);
  private final long seed;
  private int read;

  SipFuzz(long seed) {
    this.seed = seed;
    Torture.RFC4475.forEach(name -> seeds.add(Torture.bytes(name)));
    Torture.RFC5118.forEach(name -> seeds.add(Torture.bytes(name)));
    seeds.add(
        ("MESSAGE sip:b@c;gr=urn:uuid:1 SIP/2.0\r\n"
                + "v:SIP/2.0/TCP h;branch=z9hG4bKa;rport,SIP/2.0/UDP [::1]:5;branch=z9hG4bKb\r\nf:\"A\"<tel:+1-2>;tag=1\r\n"
                + "t:<sip:b@c>\r\ni:1\r\nCSeq:1 MESSAGE\r\na:*;+g.oma.sip-im;require;explicit;class=\"!a,<B>,#1:2\"\r\n"
                + "j:*;audio\r\nd:no-fork\r\n"
                + "Authorization:Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"sip:b@c\","
                + "response=\"0\",qop=auth,nc=00000001,cnonce=\"c\"\r\n"
                + "WWW-Authenticate:Digest realm=\"r\",nonce=\"n\",algorithm=SHA-256,qop=\"auth\"\r\n"
                + "m:<sip:a@b>;q=0.5;+sip.instance=\"<urn:x>\"\r\n"
                + "Date:Sat, 13 Nov 2010 23:29:00 GMT\r\nExpires:1\r\nc:text/plain\r\nl:2\r\n\r\nhi")
            .getBytes(StandardCharsets.UTF_8));
  }

  /// Plays one round; the error it throws names the round.
  void round(long number) {
    Random random = new Random(seed * 1_000_003 + number);
    byte[] input = input(random);
    try {
      datagram(input);
      stream(input, random);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("seed " + seed + " round " + number + ": " + escaped(input), e);
    }
  }

  /// How many inputs were messages, so that a test can see that it tested something.
  int read() {
    return read;
  }

  private byte[] input(Random random) {
    if (random.nextInt(20) == 0) {
      byte[] noise = new byte[random.nextInt(600)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] input = pick(random).clone();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      input = mutated(input, random);
    }
    return input;
  }

  private byte[] pick(Random random) {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] mutated(byte[] input, Random random) {
    int at = random.nextInt(input.length + 1);
    int length = Math.min(random.nextInt(1 + random.nextInt(200)), input.length - at);
    byte[] head = Arrays.copyOf(input, at);
    byte[] tail = Arrays.copyOfRange(input, at, input.length);
    byte[] rest = Arrays.copyOfRange(tail, length, tail.length);
    byte[] slice = Arrays.copyOf(tail, length);
    return switch (random.nextInt(6)) {
      case 0 -> join(head, new byte[] {(byte) random.nextInt(256)}, tail);
      case 1 -> join(head, new byte[] {(byte) SPICE.charAt(random.nextInt(SPICE.length()))}, tail);
      case 2 -> join(head, rest);
      case 3 -> join(head, slice, slice, rest);
      case 4 -> {
        byte[] other = pick(random);
        int from = random.nextInt(other.length);
        yield join(head, Arrays.copyOfRange(other, from, Math.min(other.length, from + 100)), rest);
      }
      default -> join(head, SPICE.substring(random.nextInt(SPICE.length())).getBytes(StandardCharsets.UTF_8), rest);
    };
  }

  private static byte[] join(byte[]... parts) {
    ByteBuffer out = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      out.put(part);
    }
    return out.array();
  }

  private void datagram(byte[] input) {
    SipMessage message;
    try {
      message = reader.read(input.clone());
    } catch (Malformed expected) {
      return;
    }
    read++;
    exercise(message);
  }

  private static void exercise(SipMessage message) {
    byte[] wire = message.encode();
    check(wire.length == message.encodedLength(), "encodedLength is wrong");
    byte[] again = new SipReader().read(wire.clone()).encode();
    check(Arrays.equals(wire, again), "reading what was written gives something else");
    attempt(message::topVia);
    attempt(message::vias);
    attempt(message::from);
    attempt(message::to);
    attempt(message::cseq);
    attempt(message::callId);
    attempt(message::contentType);
    attempt(message::names);
    for (Header h : List.of(Header.CONTACT, Header.ROUTE, Header.RECORD_ROUTE, Header.P_ASSERTED_IDENTITY)) {
      attempt(() -> message.addresses(h).stream().map(FeatureSet::of).toList());
      attempt(() -> message.addresses(h).stream().map(a -> AddressOfRecord.of(a.uri()).uri()).toList());
    }
    for (Header h : List.of(Header.EXPIRES, Header.MAX_FORWARDS, Header.CONTENT_LENGTH, Header.RETRY_AFTER)) {
      attempt(() -> message.number(h));
    }
    values(message);
    check(SipValidity.check(message).isEmpty() || SipValidity.check(message).get().status() >= 400, "no status");
    switch (message) {
      case SipRequest request -> exercise(request);
      case SipResponse response -> attempt(() -> response.reason() + response.withToTag("x").withoutFirstValue(Header.VIA));
    }
  }

  private static void exercise(SipRequest request) {
    attempt(request::uri);
    attempt(request::isContactStar);
    attempt(() -> AddressOfRecord.of(request.uri()).uri());
    attempt(() -> CallerPreferences.of(request).rank(List.of(request.from(), request.to()), Function.identity()));
    Torture.PLAIN.check(request).ifPresent(answer -> check(answer.withToTag("t").encode().length > 0, "nothing written"));
    if (SipValidity.check(request).isEmpty()) {
      // a message without fault can be forwarded, and comes back as it was
      SipRequest pushed = request.edit().prepend(Header.VIA, "SIP/2.0/UDP me;branch=z9hG4bKme").request();
      SipRequest popped = ((SipRequest) new SipReader().read(pushed.encode())).withoutFirstValue(Header.VIA);
      check(popped.vias().equals(request.vias()), "Via changed on the way");
      check(Arrays.equals(popped.body(), request.body()), "body changed on the way");
      check(Uri.parse(request.uri().toString()).equals(request.uri()), "URI is written as another one");
      check(NameAddr.parse(request.from().toString()).equals(request.from()), "From is written as another one");
    }
  }

  private static void values(SipMessage message) {
    for (String name : message.names()) {
      if (!Grammar.isToken(name)) {
        continue;
      }
      for (String line : message.lines(Header.of(name))) {
        attempt(() -> Uri.parse(line));
        attempt(() -> NameAddr.parseList(line));
        attempt(() -> Via.parse(line));
        attempt(() -> CSeq.parse(line));
        attempt(() -> SipDate.parse(line));
        attempt(() -> DigestCredentials.parse(line));
        attempt(() -> DigestChallenge.parse(line));
      }
    }
  }

  private void stream(byte[] input, Random random) {
    SipFramer framer = new SipFramer(LIMITS);
    try {
      int at = 0;
      while (at < input.length) {
        int next = Math.min(input.length, at + 1 + random.nextInt(400));
        framer.append(input, at, next);
        while (framer.next().isPresent()) {
          check(framer.buffered() <= input.length, "more held than came");
        }
        at = next;
      }
    } catch (Malformed expected) {
      check(framer.buffered() == 0, "a broken stream holds memory");
    }
  }

  private static void attempt(Supplier<?> reading) {
    try {
      Object read = reading.get();
      check(read != null, "null");
    } catch (Malformed expected) {
      check(expected.getMessage() != null && expected.getMessage().length() < 200, "no fit message");
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  private static String escaped(byte[] input) {
    StringBuilder out = new StringBuilder();
    for (byte b : input) {
      if (b >= ' ' && b < 127 && b != '\\') {
        out.append((char) b);
      } else {
        out.append(String.format("\\x%02x", b & 255));
      }
    }
    return out.toString();
  }
}
