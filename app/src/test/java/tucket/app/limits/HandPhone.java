// A phone that a test plays by hand.
package tucket.app.limits;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipFramer;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;

/// It registers over a TCP connection of its own and answers what the test tells it to; nobody else answers for it.
final class HandPhone implements AutoCloseable {
  private static final int PATIENCE_S = 60;

  private final String user;
  private final String password;
  private final DigestChallenge challenge;
  private int number;
  private int proofs;
  private final Socket socket = new Socket();
  private final BlockingQueue<SipMessage> arrived = new LinkedBlockingQueue<>();

  HandPhone(InetSocketAddress server, String user, String password) throws Exception {
    this.user = user;
    socket.connect(server);
    Thread.ofVirtual().start(this::read);
    this.password = password;
    challenge = DigestChallenge.choose(ask(register()).lines(Header.WWW_AUTHENTICATE)).orElseThrow();
    SipResponse done = registerAgain();
    if (done.status() != 200) {
      throw new AssertionError("REGISTER of " + user + ": " + done.status());
    }
  }

  private String contact() {
    return "<sip:" + user + "@127.0.0.1:" + socket.getLocalPort() + ";transport=tcp>;+g.oma.sip-im";
  }

  /// With the nonce of the first time.
  SipResponse registerAgain() throws Exception {
    proofs++;
    String proof = Digest.answer(challenge, user, password, "REGISTER", "sip:" + LimitsLab.DOMAIN, "cnonce", proofs, new byte[0]).toString();
    return ask(register().with(Header.AUTHORIZATION, proof));
  }

  private Edit register() {
    number++;
    String self = "<" + LimitsLab.address(user) + ">";
    return SipRequest.of("REGISTER", SipUri.of("", LimitsLab.DOMAIN)).edit()
        .with(Header.VIA, "SIP/2.0/TCP 127.0.0.1:" + socket.getLocalPort() + ";branch=z9hG4bKhand" + number)
        .with(Header.FROM, self + ";tag=hand").with(Header.TO, self).with(Header.CALL_ID, "hand-" + user + "-" + socket.getLocalPort())
        .with(Header.CSEQ, number + " REGISTER").with(Header.MAX_FORWARDS, "70").with(Header.CONTACT, contact());
  }

  private SipResponse ask(Edit request) throws Exception {
    write(request.request());
    return next(m -> m instanceof SipResponse r && r.isFinal(), SipResponse.class);
  }

  private void write(SipMessage message) {
    try {
      socket.getOutputStream().write(message.encode());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    SipFramer framer = new SipFramer();
    byte[] buffer = new byte[8192];
    try {
      for (int n = socket.getInputStream().read(buffer); n >= 0; n = socket.getInputStream().read(buffer)) {
        framer.append(Arrays.copyOf(buffer, n));
        for (Optional<SipFramer.Frame> frame = framer.next(); frame.isPresent(); frame = framer.next()) {
          if (frame.get() instanceof SipFramer.Message(SipMessage message)) {
            arrived.add(message);
          }
        }
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  /// Passes over what is not meant.
  private <T extends SipMessage> T next(Predicate<SipMessage> meant, Class<T> as) throws InterruptedException {
    while (true) {
      SipMessage next = arrived.poll(PATIENCE_S, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("it does not come");
      }
      if (meant.test(next)) {
        return as.cast(next);
      }
    }
  }

  private SipRequest request(String method) throws InterruptedException {
    return next(m -> m instanceof SipRequest r && r.is(method), SipRequest.class);
  }

  /// An invitation that waits for its answer.
  final class Invited {
    private final SipRequest invite;

    private Invited(SipRequest invite) {
      this.invite = invite;
    }

    /// The path in the server's offer.
    String path() {
      return new String(invite.body(), UTF_8).lines().filter(l -> l.startsWith("a=path:")).findFirst().orElseThrow().substring(7).strip();
    }

    void refuse(int status) {
      write(SipResponse.to(invite, status).withToTag("hand"));
    }

    void ring() {
      write(SipResponse.to(invite, 180).withToTag("hand"));
    }

    /// `setup` is active or passive; `port` is where MSRP is taken.
    void accept(String setup, int port) {
      String sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message " + port
          + " TCP/MSRP *\r\na=accept-types:*\r\na=accept-wrapped-types:*\r\na=setup:" + setup + "\r\na=path:"
          + (port == 9 ? MsrpWire.OURS : "msrp://127.0.0.1:" + port + "/hand;tcp") + "\r\n";
      Edit ok = SipResponse.to(invite, 200).withToTag("hand").edit().copy(Header.RECORD_ROUTE, invite).with(Header.CONTACT, contact());
      write(ok.body(MediaType.SDP, sdp.getBytes(UTF_8)).response());
    }

    /// Accepts, and connects as the active end.
    MsrpWire connect() throws IOException {
      accept("active", 9);
      MsrpWire wire = new MsrpWire(path());
      wire.greet();
      return wire;
    }
  }

  /// Waits for the next INVITE.
  Invited invited() throws InterruptedException {
    return new Invited(request("INVITE"));
  }

  /// Waits until the server ends the session.
  void isHungUp() throws InterruptedException {
    request("BYE");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
