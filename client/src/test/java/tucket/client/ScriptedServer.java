// A SIP server of a few lines that the tests of the client script: it challenges, registers, and answers messages as it is told.
package tucket.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.cpim.Disposition;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Status;
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.digest.Algorithm;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.protocol.sip.digest.DigestCredentials;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.World;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// Knows one user, alice with the password "secret".
final class ScriptedServer implements SipStack.Handler, AutoCloseable {
  static final String REALM = "tucket.example";
  static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  final List<SipRequest> received = new CopyOnWriteArrayList<>();
  final AtomicReference<Flow> clientFlow = new AtomicReference<>();
  volatile Function<SipRequest, SipResponse> onMessage = request -> SipResponse.to(request, Status.OK);
  volatile int expires = 3600;
  volatile int least;
  volatile String flowTimer = "";
  private final World world;
  private final SipStack stack;
  private final Endpoint here;

  ScriptedServer(World world, Protocol protocol) {
    this.world = world;
    stack =
        new SipStack(
            world,
            SipSettings.DEFAULT,
            uri -> {
              throw new Unavailable("no names here");
            },
            this);
    here = stack.listen(new Endpoint(protocol, ANY_PORT));
  }

  Endpoint endpoint() {
    return here;
  }

  List<SipRequest> received(String method) {
    return received.stream().filter(r -> r.is(method)).toList();
  }

  @Override
  public void request(ServerTransaction tx) {
    SipRequest request = tx.request();
    received.add(request);
    boolean register = request.is("REGISTER");
    Header proof = register ? Header.AUTHORIZATION : Header.PROXY_AUTHORIZATION;
    if (!request.has(proof) || !proven(request, proof)) {
      String challenge = DigestChallenge.of(REALM, world.chance().token(8), Algorithm.SHA_256, false).toString();
      SipResponse no =
          register
              ? SipResponse.to(request, Status.UNAUTHORIZED).with(Header.WWW_AUTHENTICATE, challenge)
              : SipResponse.to(request, Status.PROXY_AUTHENTICATION_REQUIRED).with(Header.PROXY_AUTHENTICATE, challenge);
      tx.respond(no);
      return;
    }
    tx.respond(register ? registered(request, tx.flow()) : onMessage.apply(request));
  }

  private boolean proven(SipRequest request, Header proof) {
    DigestCredentials credentials = DigestCredentials.parse(request.first(proof).orElseThrow());
    return Digest.verify(credentials, request.method(), Digest.a1(Algorithm.SHA_256, "alice", REALM, "secret"));
  }

  private SipResponse registered(SipRequest request, Flow flow) {
    int asked = request.number(Header.EXPIRES).orElse(3600);
    if (asked > 0 && asked < least) {
      return SipResponse.to(request, Status.INTERVAL_TOO_BRIEF).with(Header.MIN_EXPIRES, String.valueOf(least));
    }
    clientFlow.set(flow);
    NameAddr bound = request.addresses(Header.CONTACT).getFirst().withoutParam("expires");
    String contact = bound.withParam("expires", String.valueOf(Math.min(asked, expires))).toString();
    SipResponse ok = flowTimer.isEmpty() ? SipResponse.to(request, Status.OK) : SipResponse.to(request, Status.OK).with(Header.FLOW_TIMER, flowTimer);
    return asked == 0 ? ok : ok.with(Header.CONTACT, contact);
  }

  /// Sends `Hello` from bob to the registered client and blocks for its answer.
  SipResponse push(String messageId, Disposition... wanted) {
    byte[] body =
        CpimMessage.builder()
            .from("sip:bob@tucket.example")
            .to("sip:alice@tucket.example")
            .messageId(messageId)
            .dateTime("2026-11-22T09:00:00Z")
            .request(wanted)
            .content(MediaType.TEXT_PLAIN, "Hello".getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .build()
            .write();
    return push(MediaType.CPIM, body);
  }

  SipResponse push(MediaType type, byte[] body) {
    SipRequest request =
        SipRequest.of("MESSAGE", Uri.parse("sip:alice@127.0.0.1"))
            .edit()
            .with(Header.FROM, "<sip:bob@tucket.example>;tag=" + world.chance().token(4))
            .with(Header.TO, "<sip:alice@tucket.example>")
            .with(Header.CALL_ID, world.chance().token(8))
            .with(Header.CSEQ, "1 MESSAGE")
            .with(Header.MAX_FORWARDS, "70")
            .with(Header.P_ASSERTED_IDENTITY, "<sip:bob@tucket.example>")
            .body(type, body)
            .request();
    Flow flow = clientFlow.get();
    if (flow == null) {
      throw new IllegalStateException("nobody has registered");
    }
    Outcome outcome = stack.send(request, new Target.Over(flow), Deadline.in(Duration.ofSeconds(10), world.clock()));
    return outcome.asResponse(request);
  }

  @Override
  public void close() {
    stack.close();
  }
}
