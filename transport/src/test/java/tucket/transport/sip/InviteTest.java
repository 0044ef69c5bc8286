// INVITE, ACK and CANCEL through the stack in simulated time: forks, races, repetitions.
package tucket.transport.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Protocol;

class InviteTest {
  private final Scene scene = new Scene();

  @AfterEach
  void close() {
    scene.close();
  }

  /// Remembers what a begun request hears.
  private static final class Heard implements Responses {
    final List<SipResponse> responses = new CopyOnWriteArrayList<>();
    final List<Outcome> failures = new CopyOnWriteArrayList<>();

    @Override
    public void response(SipResponse response) {
      responses.add(response);
    }

    @Override
    public void failed(Outcome outcome) {
      failures.add(outcome);
    }

    void until(int count) {
      Scene.until(() -> responses.size() >= count);
    }

    String statuses() {
      return responses.stream().map(response -> response.status() + response.to().tag().orElse("-")).toList().toString();
    }
  }

  /// Remembers the transactions, ACKs and CANCELs of a server.
  private static class Server implements SipStack.Handler {
    final List<ServerTransaction> invites = new CopyOnWriteArrayList<>();
    final List<SipRequest> acks = new CopyOnWriteArrayList<>();
    final AtomicInteger cancelled = new AtomicInteger();

    @Override
    public void request(ServerTransaction tx) {
      invites.add(tx);
    }

    @Override
    public void ack(SipRequest ack, Flow flow) {
      acks.add(ack);
    }

    @Override
    public void cancelled(ServerTransaction invite) {
      cancelled.incrementAndGet();
      SipStack.Handler.super.cancelled(invite);
    }

    ServerTransaction invite() {
      Scene.until(() -> !invites.isEmpty());
      return invites.getFirst();
    }

    void respond(int status) {
      invite().respond(Requests.answer(invite().request(), status));
    }
  }

  private static SipResponse tagged(SipRequest request, int status, String tag) {
    return Requests.answer(request, status).withToTag(tag);
  }

  @Test
  void everyResponseOfAForkIsHeard() {
    Scene.Peer proxy = scene.peer().answering(request -> request.method().equals("INVITE")
        ? List.of(tagged(request, 180, "1"), tagged(request, 180, "2"), tagged(request, 200, "2"), tagged(request, 200, "1"),
            tagged(request, 486, "3"))
        : List.of());
    Heard heard = new Heard();
    scene.sender().begin(Requests.of("INVITE"), new Target.To(proxy.at()), heard);
    heard.until(4);
    assertThat(heard.statuses()).isEqualTo("[1801, 1802, 2002, 2001]");
    assertThat(heard.failures).isEmpty();
  }

  @Test
  void aFailureIsAcknowledgedByTheStack() {
    Scene.Peer peer = scene.peer().answering(request -> request.method().equals("INVITE") ? List.of(tagged(request, 486, "b")) : List.of());
    Heard heard = new Heard();
    scene.sender().begin(Requests.of("INVITE"), new Target.To(peer.at()), heard);
    SipRequest ack = peer.request(2);
    assertThat(ack.method()).isEqualTo("ACK");
    assertThat(ack.to().tag()).contains("b");
    assertThat(ack.topVia()).isEqualTo(peer.request(1).topVia());
    peer.send(Requests.endpoint(Protocol.UDP, peer.flows.getFirst().remote().getPort()), tagged(peer.request(1), 486, "b").encode());
    assertThat(peer.request(3).method()).isEqualTo("ACK");
    assertThat(heard.responses).hasSize(1);
  }

  @Test
  void theServersFailureIsRepeatedUntilTheAckAndNotHandedToTheHandler() {
    Server handler = new Server();
    SipStack stack = scene.stack(handler);
    Endpoint server = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    AtomicInteger lost = new AtomicInteger();
    scene.network.copies(datagram -> datagram.text().startsWith("ACK") && lost.incrementAndGet() == 1 ? 0 : 1);
    Heard heard = new Heard();
    scene.sender().begin(Requests.of("INVITE"), new Target.To(server), heard);
    handler.respond(486);
    heard.until(1);
    Scene.until(() -> lost.get() == 1);
    scene.advance(520);
    Scene.until(() -> lost.get() == 2);
    scene.advance(40_000);
    assertThat(stack.counters().retransmitted()).isEqualTo(1);
    assertThat(stack.counters().transactions()).isZero();
    assertThat(handler.acks).isEmpty();
  }

  @Test
  void theAckOfASuccessGoesToTheHandler() {
    Server handler = new Server();
    Endpoint server = scene.stack(handler).listen(Requests.endpoint(Protocol.UDP, 0));
    SipStack caller = scene.sender();
    SipRequest invite = Requests.of("INVITE");
    Heard heard = new Heard();
    caller.begin(invite, new Target.To(server), heard);
    handler.respond(180);
    handler.respond(200);
    heard.until(2);
    assertThat(heard.responses.get(0).to().tag()).isEqualTo(heard.responses.get(1).to().tag());
    SipRequest ack = Requests.of("ACK").with(Header.CALL_ID, invite.callId()).with(Header.TO, heard.responses.get(1).to().toString());
    assertThat(caller.acknowledge(ack, new Target.To(server))).isTrue();
    Scene.until(() -> handler.acks.size() == 1);
    assertThat(handler.acks.getFirst().callId()).isEqualTo(invite.callId());
  }

  @Test
  void aSilentHandlersInviteGetsA100AfterAFifthOfASecond() {
    Server handler = new Server();
    Endpoint server = scene.stack(handler).listen(Requests.endpoint(Protocol.UDP, 0));
    Heard heard = new Heard();
    scene.sender().begin(Requests.of("INVITE"), new Target.To(server), heard);
    handler.invite();
    scene.advance(220);
    heard.until(1);
    assertThat(heard.statuses()).isEqualTo("[100-]");
  }

  @Test
  void aCancelEndsTheInviteBy487() {
    Server handler = new Server();
    Endpoint server = scene.stack(handler).listen(Requests.endpoint(Protocol.UDP, 0));
    Heard heard = new Heard();
    ClientTransaction call = scene.sender().begin(Requests.of("INVITE"), new Target.To(server), heard);
    handler.respond(180);
    heard.until(1);
    call.cancel();
    heard.until(2);
    assertThat(heard.responses.get(1).status()).isEqualTo(487);
    assertThat(handler.invite().isCancelled()).isTrue();
    assertThat(heard.responses.get(1).to().tag()).isEqualTo(heard.responses.get(0).to().tag());
  }

  @Test
  void aCancelWaitsForTheFirstProvisionalResponse() {
    Scene.Peer peer = scene.peer();
    Heard heard = new Heard();
    ClientTransaction call = scene.sender().begin(Requests.of("INVITE"), new Target.To(peer.at()), heard);
    SipRequest invite = peer.request(1);
    call.cancel();
    scene.advance(400);
    assertThat(peer.received).hasSize(1);
    peer.flows.getFirst().send(Requests.answer(invite, 100).encode());
    SipRequest cancel = peer.request(2);
    assertThat(cancel.method()).isEqualTo("CANCEL");
    assertThat(cancel.topVia()).isEqualTo(invite.topVia());
    assertThat(cancel.cseq().number()).isEqualTo(invite.cseq().number());
    peer.flows.getFirst().send(Requests.answer(cancel, 200).encode());
    peer.flows.getFirst().send(tagged(invite, 487, "b").encode());
    heard.until(2);
    assertThat(heard.responses.getLast().status()).isEqualTo(487);
  }

  @Test
  void aCancelThatCrossesTheSuccessChangesNothing() {
    Server handler = new Server();
    Endpoint server = scene.stack(handler).listen(Requests.endpoint(Protocol.UDP, 0));
    Heard heard = new Heard();
    SipStack caller = scene.sender();
    ClientTransaction call = caller.begin(Requests.of("INVITE"), new Target.To(server), heard);
    handler.respond(180);
    heard.until(1);
    scene.network.copies(datagram -> datagram.text().startsWith("SIP/2.0 200") && datagram.text().contains("INVITE") ? 0 : 1);
    handler.respond(200); // is lost: the caller cancels in ignorance
    call.cancel();
    Scene.until(() -> caller.counters().responsesReceived() >= 2); // the 200 to the CANCEL
    assertThat(handler.cancelled).hasValue(0);
    assertThat(handler.invite().isCancelled()).isFalse();
    scene.network.copies(datagram -> 1);
    handler.respond(200); // as the user of an accepted INVITE repeats it
    heard.until(2);
    assertThat(heard.responses.getLast().status()).isEqualTo(200);
  }

  @Test
  void noCancelLeavesAfterAFinalResponse() {
    Scene.Peer peer = scene.peer().answering(request -> List.of(tagged(request, 200, "b")));
    Heard heard = new Heard();
    ClientTransaction call = scene.sender().begin(Requests.of("INVITE"), new Target.To(peer.at()), heard);
    heard.until(1);
    call.cancel();
    scene.advance(1_000);
    assertThat(peer.received).hasSize(1);
  }

  @Test
  void aCancelThatFitsNothingIsAnswered481() {
    Endpoint server = scene.stack(new Server()).listen(Requests.endpoint(Protocol.UDP, 0));
    Outcome outcome = Scene.ended(scene.send(scene.sender(), Requests.of("CANCEL"), server));
    assertThat(outcome.asResponse(Requests.of("CANCEL")).status()).isEqualTo(481);
  }

  @Test
  void aPeerThatIgnoresTheCancelIsLeftAfter64T1() {
    Scene.Peer peer = scene.peer().answering(request -> request.method().equals("INVITE") ? List.of(tagged(request, 180, "b")) : List.of());
    Heard heard = new Heard();
    SipStack caller = scene.sender();
    ClientTransaction call = caller.begin(Requests.of("INVITE"), new Target.To(peer.at()), heard);
    heard.until(1);
    call.cancel();
    scene.advance(31_900);
    assertThat(heard.failures).isEmpty();
    scene.advance(200);
    assertThat(heard.failures).containsExactly(new Outcome.Silent());
    assertThat(caller.counters().transactions()).isZero();
  }

  @Test
  void anInviteThatRingsForEverIsCancelledWhenItsTimeIsUp() {
    Scene.Peer peer = scene.peer().answering(request -> request.method().equals("INVITE") ? List.of(tagged(request, 180, "b")) : List.of());
    Heard heard = new Heard();
    SipStack caller = scene.sender();
    caller.begin(Requests.of("INVITE"), new Target.To(peer.at()), heard);
    heard.until(1);
    scene.advance(299_000);
    assertThat(heard.failures).isEmpty();
    scene.advance(1_100);
    assertThat(heard.failures).containsExactly(new Outcome.Silent());
    assertThat(peer.request(2).method()).isEqualTo("CANCEL");
    scene.advance(40_000);
    assertThat(caller.counters().transactions()).isZero();
  }

  @Test
  void theDeadlineOfABlockingInviteCancelsIt() {
    Server handler = new Server();
    Endpoint server = scene.stack(handler).listen(Requests.endpoint(Protocol.UDP, 0));
    CompletableFuture<Outcome> outcome = scene.send(scene.sender(), Requests.of("INVITE"), new Target.To(server), Duration.ofSeconds(5));
    handler.respond(180);
    Scene.until(() -> {
      scene.advance(100);
      return outcome.isDone();
    });
    assertThat(outcome.join()).isEqualTo(new Outcome.Silent());
    Scene.until(() -> handler.cancelled.get() == 1);
    assertThat(handler.invite().finalResponse().orElseThrow().status()).isEqualTo(487);
  }

  @Test
  void anAckForAFailureThatWasSentWithoutAStateIsNotTheHandlersAffair() {
    Server handler = new Server();
    SipSettings settings = SipSettings.DEFAULT.withLimits(SipSettings.Limits.DEFAULT.withPending(0));
    SipStack stack = scene.stack(settings, Scene.NO_NAMES, handler);
    Endpoint server = stack.listen(Requests.endpoint(Protocol.UDP, 0));
    Outcome outcome = Scene.ended(scene.send(scene.sender(), Requests.of("INVITE"), server));
    assertThat(outcome.asResponse(Requests.of("INVITE")).status()).isEqualTo(503);
    Scene.until(() -> stack.counters().requestsReceived() == 2);
    assertThat(handler.acks).isEmpty();
    assertThat(handler.invites).isEmpty();
  }
}
