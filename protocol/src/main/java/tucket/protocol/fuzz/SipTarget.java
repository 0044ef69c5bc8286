// Feeds broken messages to everything that reads SIP.
package tucket.protocol.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.CSeq;
import tucket.protocol.sip.CallerPreferences;
import tucket.protocol.sip.FeatureSet;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.Methods;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.RequestChecks;
import tucket.protocol.sip.SipDate;
import tucket.protocol.sip.SipFramer;
import tucket.protocol.sip.SipLimits;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipValidity;
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.Via;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;

/// Torture messages, cut, doubled, spliced and seasoned, as one datagram and as a stream in pieces. Accepted is what could be read as a datagram.
public final class SipTarget implements Target {
  private static final String SPICE = "\r\n\r\n \t:;,<>\"\\@%=/?&*()[]{}|+-.0129aZ\0\u007f\u00ff";
  private static final SipLimits LIMITS = new SipLimits(20_000, 8_000, 100, 4_000, 12_000);
  private static final RequestChecks PLAIN = new RequestChecks(Methods.ALL, Set.of(), Set.of("sip", "sips", "tel"));

  private static final Pattern TOKEN = Pattern.compile("[-.!%*_+`'~A-Za-z0-9]+"); // RFC 3261 section 25.1

  private final List<byte[]> seeds = SipCorpus.all();
  private final SipReader reader = new SipReader(LIMITS);

  @Override
  public String name() {
    return "sip";
  }

  @Override
  public byte[] input(SplittableRandom random) {
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

  @Override
  public void read(byte[] input) {
    stream(input, new SplittableRandom(Arrays.hashCode(input)));
    exercise(reader.read(input));
  }

  private byte[] pick(SplittableRandom random) {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] mutated(byte[] input, SplittableRandom random) {
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

  private static void exercise(SipMessage message) {
    byte[] wire = message.encode();
    Broken.unless(wire.length == message.encodedLength(), "encodedLength is wrong");
    byte[] again = new SipReader().read(wire.clone()).encode();
    Broken.unless(Arrays.equals(wire, again), "reading what was written gives something else");
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
    Broken.unless(SipValidity.check(message).isEmpty() || SipValidity.check(message).get().status() >= 400, "no status");
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
    PLAIN.check(request).ifPresent(answer -> Broken.unless(answer.withToTag("t").encode().length > 0, "nothing written"));
    if (SipValidity.check(request).isEmpty()) {
      // a message without fault can be forwarded, and comes back as it was
      SipRequest pushed = request.edit().prepend(Header.VIA, "SIP/2.0/UDP me;branch=z9hG4bKme").request();
      SipRequest popped = ((SipRequest) new SipReader().read(pushed.encode())).withoutFirstValue(Header.VIA);
      Broken.unless(popped.vias().equals(request.vias()), "Via changed on the way");
      Broken.unless(Arrays.equals(popped.body(), request.body()), "body changed on the way");
      Broken.unless(Uri.parse(request.uri().toString()).equals(request.uri()), "URI is written as another one");
      Broken.unless(NameAddr.parse(request.from().toString()).equals(request.from()), "From is written as another one");
    }
  }

  private static void values(SipMessage message) {
    for (String name : message.names()) {
      if (!TOKEN.matcher(name).matches()) {
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

  private static void stream(byte[] input, SplittableRandom random) {
    SipFramer framer = new SipFramer(LIMITS);
    try {
      int at = 0;
      while (at < input.length) {
        int next = Math.min(input.length, at + 1 + random.nextInt(400));
        framer.append(input, at, next);
        while (framer.next().isPresent()) {
          Broken.unless(framer.buffered() <= input.length, "more held than came");
        }
        at = next;
      }
    } catch (Malformed expected) {
      Broken.unless(framer.buffered() == 0, "a broken stream holds memory");
    }
  }

  private static void attempt(Supplier<?> reading) {
    try {
      Object read = reading.get();
      Broken.unless(read != null, "null");
    } catch (Malformed expected) {
      Broken.unless(expected.getMessage() != null && expected.getMessage().length() < 200, "no fit message");
    }
  }
}
