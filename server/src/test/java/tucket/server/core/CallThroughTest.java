// An INVITE that passes through us, between a caller and a callee on sockets.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.dns.Resolver;
import tucket.transport.net.SystemWorld;
import tucket.transport.sip.ClientTransaction;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.Responses;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

class CallThroughTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final byte[] OFFER = "offer".getBytes(StandardCharsets.UTF_8);
  private static final Resolver NUMERIC =
      uri -> List.of(Lab.at(uri.toString().endsWith("tcp") ? Protocol.TCP : Protocol.UDP, uri.host(), uri.port()));

  private final SystemWorld system = Lab.systemWorld();
  private final AtomicInteger ended = new AtomicInteger();
  private final CompletableFuture<CallThrough> passing = new CompletableFuture<>();
  private final BlockingQueue<ServerTransaction> called = new LinkedBlockingQueue<>();
  private final BlockingQueue<ServerTransaction> givenUp = new LinkedBlockingQueue<>();
  private final List<SipResponse> heard = new CopyOnWriteArrayList<>();
  private final List<Outcome> failures = new CopyOnWriteArrayList<>();

  private final SipStack caller = stack(tx -> {});
  private final SipStack callee = stack(new SipStack.Handler() {
    @Override
    public void request(ServerTransaction tx) {
      called.add(tx);
    }

    @Override
    public void cancelled(ServerTransaction invite) {
      givenUp.add(invite);
      SipStack.Handler.super.cancelled(invite);
    }
  });
  private final SipStack between = stack(new SipStack.Handler() {
    @Override
    public void request(ServerTransaction tx) {
      SipRequest onward = tx.request().edit().without(Header.VIA).request();
      passing.complete(new CallThrough(between(), tx, onward, ended::incrementAndGet));
    }

    @Override
    public void cancelled(ServerTransaction invite) {
      passing.join().cancel();
    }
  });
  private final Endpoint there = listen(callee);
  private final Endpoint here = listen(between);

  private SipStack between() {
    return between;
  }

  private SipStack stack(SipStack.Handler handler) {
    return new SipStack(system.world(), SipSettings.DEFAULT, NUMERIC, handler);
  }

  private static Endpoint listen(SipStack stack) {
    return stack.listen(Lab.at(Protocol.UDP, "127.0.0.1", 0));
  }

  @AfterEach
  void close() {
    caller.close();
    callee.close();
    between.close();
    system.close();
  }

  private ClientTransaction call(String transport) {
    listen(caller);
    SipRequest invite = SipRequest.of("INVITE", SipUri.parse("sip:bob@" + there.hostPort() + ";transport=" + transport)).edit()
        .with(Header.MAX_FORWARDS, "70").with(Header.FROM, "<sip:alice@home.test>;tag=1").with(Header.TO, "<sip:bob@home.test>")
        .with(Header.CALL_ID, "through").with(Header.CSEQ, "1 INVITE").with(Header.CONTACT, "<sip:alice@127.0.0.1>")
        .body(MediaType.TEXT_PLAIN, OFFER).request();
    return caller.begin(invite, new Target.To(here), new Responses() {
      @Override
      public void response(SipResponse response) {
        heard.add(response);
      }

      @Override
      public void failed(Outcome outcome) {
        failures.add(outcome);
      }
    });
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T got = queue.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(got).isNotNull();
    return java.util.Objects.requireNonNull(got);
  }

  private SipResponse heard(int status) {
    await().atMost(SOON).until(() -> heard.stream().anyMatch(r -> r.status() == status));
    return heard.stream().filter(r -> r.status() == status).findFirst().orElseThrow();
  }

  @Test
  void whatTheCalleeAnswersReachesTheCallerWithoutOurVia() throws Exception {
    call("udp");
    ServerTransaction at = next(called);
    assertThat(at.request().body()).isEqualTo(OFFER);
    assertThat(at.request().vias()).hasSize(1); // ours
    assertThat(at.request().has(Header.RECORD_ROUTE)).isFalse();
    at.respond(SipResponse.to(at.request(), 180).withToTag("bob"));
    SipResponse ringing = heard(180);
    assertThat(ringing.vias()).as("what is left when the caller's stack has taken off its own").isEmpty();
    assertThat(ringing.to().tag()).contains("bob");
    assertThat(ended).hasValue(0);
    assertThat(passing.join().isOver()).isFalse();

    at.respond(SipResponse.to(at.request(), 200).withToTag("bob").with(Header.CONTACT, "<sip:bob@127.0.0.1>"));
    SipResponse taken = heard(200);
    assertThat(taken.vias()).isEmpty();
    assertThat(taken.first(Header.CONTACT)).contains("<sip:bob@127.0.0.1>"); // where the ACK goes, past us
    await().atMost(SOON).until(() -> ended.get() >= 1 && passing.join().isOver());
  }

  @Test
  void aRefusalReachesTheCaller() throws Exception {
    call("udp");
    ServerTransaction at = next(called);
    at.respond(SipResponse.to(at.request(), 486).withToTag("bob"));
    assertThat(heard(486).vias()).isEmpty();
    await().atMost(SOON).until(() -> ended.get() == 1 && passing.join().isOver());
  }

  @Test
  void aCallThatIsGivenUpIsGivenUpAtTheCallee() throws Exception {
    ClientTransaction calling = call("udp");
    ServerTransaction at = next(called);
    at.respond(SipResponse.to(at.request(), 180).withToTag("bob"));
    heard(180);
    calling.cancel("");
    assertThat(next(givenUp).request().callId()).isEqualTo("through");
    heard(487);
    await().atMost(SOON).until(() -> ended.get() == 1 && passing.join().isOver());
  }

  // nobody takes TCP there
  @Test
  void aCalleeThatCannotBeReachedIsToldToTheCaller() {
    call("tcp");
    heard(503);
    await().atMost(SOON).until(() -> ended.get() == 1 && passing.join().isOver());
    assertThat(failures).isEmpty();
  }
}
