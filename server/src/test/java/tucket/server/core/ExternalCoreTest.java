// The IM Server behind a scripted S-CSCF, over real sockets.
package tucket.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.NameAddr;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.server.Limits;
import tucket.server.Metrics;
import tucket.server.reference.Delivery;
import tucket.server.reference.Device;
import tucket.server.reference.DeviceId;
import tucket.server.reference.Devices;
import tucket.server.reference.Leg;
import tucket.store.MemoryEngine;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.dns.Resolver;
import tucket.transport.net.SystemWorld;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

class ExternalCoreTest {
  private static final AddressOfRecord ALICE = AddressOfRecord.of("sip:alice@home.test");
  private static final AddressOfRecord BOB = AddressOfRecord.of("sip:bob@home.test");

  private final SystemWorld system = Lab.systemWorld();
  private final ShiftableClock clock = new ShiftableClock(system.world().clock());
  private final Scscf scscf = new Scscf();
  private final MemoryEngine engine = new MemoryEngine();
  private final SipStack stack;
  private final Endpoint here;
  private final ExternalCore core;
  private final RelayingIm im;

  ExternalCoreTest() {
    World world = new World(clock, system.world().network(), system.world().chance(), system.world().threads());
    Peer.Source source = new Peer.Source(InetAddress.ofLiteral("127.0.0.2"), 0);
    Peer peer = new Peer("scscf", Set.of("home.test"), Optional.empty(), true, List.of(source), Set.of(), true);
    CoreSettings settings = CoreSettings.of("home.test").withPeers(List.of(peer));
    OwnAddresses addresses = new OwnAddresses(settings);
    Metrics metrics = new Metrics(new PrometheusRegistry());
    SipListener listener = new SipListener(world, Limits.DEFAULT, metrics, "test");
    stack = new SipStack(system.world(), SipSettings.DEFAULT, Scscf.numeric(), listener);
    here = stack.listen(Lab.at(Protocol.UDP, "127.0.0.1", 0));
    addresses.listening(here);
    core = new ExternalCore(world, settings, SipUri.parse("sip:" + scscf.here.hostPort() + ";lr"), Limits.DEFAULT, engine, addresses,
        (request, target, by) -> stack.begin(request, target, Deadline.in(by.left(clock), system.world().clock())), metrics);
    im = new RelayingIm(core);
    core.serve(im);
    listener.open(core);
  }

  @AfterEach
  void close() {
    stack.close();
    scscf.stack.close();
    scscf.world.close();
    system.close();
  }

  /// Answers what it gets by a script, and remembers it.
  private static final class Scscf implements SipStack.Handler {
    final SystemWorld world = Lab.systemWorld();
    final SipStack stack = new SipStack(world.world(), SipSettings.DEFAULT, numeric(), this);
    final Endpoint here = stack.listen(Lab.at(Protocol.UDP, "127.0.0.2", 0));
    final List<SipRequest> got = new CopyOnWriteArrayList<>();
    Function<SipRequest, SipResponse> script = r -> SipResponse.to(r, 200);

    static Resolver numeric() {
      return uri -> List.of(Lab.at(Protocol.UDP, uri.host(), uri.port() < 0 ? 5060 : uri.port()));
    }

    @Override
    public void request(ServerTransaction tx) {
      got.add(tx.request());
      tx.respond(script.apply(tx.request()));
    }

    SipResponse send(SipRequest request, Endpoint to) {
      return stack.send(request, new Target.To(to), Deadline.in(Duration.ofSeconds(10), world.world().clock())).asResponse(request);
    }
  }

  private SipRequest message(AddressOfRecord from, AddressOfRecord to, String callId) {
    return SipRequest.of("MESSAGE", to.uri()).edit().with(Header.MAX_FORWARDS, "68")
        .with(Header.FROM, "<" + from + ">;tag=1").with(Header.TO, "<" + to + ">")
        .with(Header.CALL_ID, callId).with(Header.CSEQ, "1 MESSAGE").with(Header.P_ASSERTED_IDENTITY, "<" + from + ">")
        .body(MediaType.TEXT_PLAIN, "hello".getBytes(StandardCharsets.UTF_8)).request();
  }

  private SipRequest overIsc(SipRequest request, String ours, String dialog) {
    return request.edit().without(Header.ROUTE).append(Header.ROUTE, "<sip:im@" + here.hostPort() + ";lr" + ours + ">")
        .append(Header.ROUTE, "<sip:" + dialog + "@" + scscf.here.hostPort() + ";lr>").request();
  }

  private SipRequest thirdParty(AddressOfRecord user, String expires) {
    SipUri as = SipUri.parse("sip:im@" + here.hostPort());
    return SipRequest.of("REGISTER", as).edit().with(Header.MAX_FORWARDS, "70")
        .with(Header.FROM, "<sip:scscf.home.test>;tag=" + world().chance().token(3))
        .with(Header.TO, "<" + user + ">").with(Header.CALL_ID, "3rd-" + user.value().length()).with(Header.CSEQ, "1 REGISTER")
        .with(Header.CONTACT, "<sip:" + scscf.here.hostPort() + ">").with(Header.EXPIRES, expires).request();
  }

  private World world() {
    return system.world();
  }

  private void register(AddressOfRecord user) {
    assertThat(scscf.send(thirdParty(user, "3600"), here).status()).isEqualTo(200);
  }

  @Test
  void theOriginatingLegIsToldByTheRouteAndGoesOnByTheRest() {
    SipResponse answer = scscf.send(overIsc(message(ALICE, BOB, "c1"), ";orig", "odi-1"), here);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(im.handled).containsExactly(new RelayingIm.Handled(im.handled.getFirst().request(), Leg.ORIGINATING, ALICE));
    SipRequest onward = scscf.got.getFirst();
    assertThat(onward.values(Header.ROUTE)).containsExactly("<sip:odi-1@" + scscf.here.hostPort() + ";lr>");
    assertThat(onward.uriText()).isEqualTo("sip:bob@home.test");
    assertThat(onward.number(Header.MAX_FORWARDS)).hasValue(67);
    assertThat(onward.has(Header.RECORD_ROUTE)).isFalse();
  }

  @Test
  void theServedUserHeaderTellsTheLegToo() {
    register(BOB);
    String served = "<sip:bob@home.test>;sescase=term;regstate=reg";
    SipRequest request = overIsc(message(ALICE, BOB, "c1"), "", "odi-2").with(Header.P_SERVED_USER, served);
    assertThat(scscf.send(request, here).status()).isEqualTo(200);
    assertThat(im.handled).extracting(RelayingIm.Handled::leg, RelayingIm.Handled::served).containsExactly(tuple(Leg.TERMINATING, BOB));
    assertThat(scscf.got.getFirst().values(Header.ROUTE)).as("on by the Route that is left")
        .containsExactly("<sip:odi-2@" + scscf.here.hostPort() + ";lr>");
    String orig = "<sip:alice@home.test>;sescase=orig;regstate=reg";
    scscf.send(overIsc(message(ALICE, BOB, "c2"), "", "odi-3").with(Header.P_SERVED_USER, orig), here);
    assertThat(im.handled).extracting(RelayingIm.Handled::leg).containsExactly(Leg.TERMINATING, Leg.ORIGINATING);
  }

  @Test
  void bothLegsOfOneMessagePassThroughBothFunctions() {
    register(BOB);
    scscf.script = r -> {
      boolean afterOrigin = r.values(Header.ROUTE).equals(List.of("<sip:odi-o@" + scscf.here.hostPort() + ";lr>"));
      return afterOrigin ? SipResponse.to(r, scscf.send(overIsc(r, "", "odi-t"), here).status()) : SipResponse.to(r, 200);
    };
    assertThat(scscf.send(overIsc(message(ALICE, BOB, "c1"), ";orig", "odi-o"), here).status()).isEqualTo(200);
    assertThat(im.handled).extracting(RelayingIm.Handled::leg).containsExactly(Leg.ORIGINATING, Leg.TERMINATING);
    assertThat(scscf.got).hasSize(2);
  }

  @Test
  void aPushGoesToTheCoreAndNeverMeetsItself() {
    register(BOB);
    List<SipRequest> returned = new ArrayList<>();
    scscf.script = r -> {
      if (r.values(Header.ROUTE).equals(List.of("<sip:" + scscf.here.hostPort() + ";lr>"))) {
        returned.add(r);
        return SipResponse.to(r, scscf.send(overIsc(r, "", "odi-4"), here).status()); // the filter criteria lead back to the IM Server
      }
      return SipResponse.to(r, 200);
    };
    Delivery delivery = core.deliver(BOB, message(ALICE, BOB, "push"), new Devices.All(), Deadline.in(Duration.ofSeconds(10), clock)).await();
    assertThat(delivery.answers().values()).singleElement().matches(SipResponse::isSuccess);
    assertThat(returned).singleElement().matches(r -> r.uriText().equals("sip:bob@home.test"));
    assertThat(scscf.got.getLast().values(Header.ROUTE)).containsExactly("<sip:odi-4@" + scscf.here.hostPort() + ";lr>");
    assertThat(im.handled).as("no function has seen it").isEmpty();
  }

  @Test
  void aThirdPartyRegisterMakesTheCoreOneDeviceWithTheFeaturesOfTheInnerContact() throws IOException {
    String inner = "REGISTER sip:home.test SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
        + "From: <sip:bob@home.test>;tag=2\r\nTo: <sip:bob@home.test>\r\nCall-ID: inner\r\nCSeq: 1 REGISTER\r\n"
        + "Contact: <sip:bob@192.0.2.1>;+g.oma.sip-im;expires=600000\r\nContent-Length: 0\r\n\r\n";
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      deflater.write(inner.getBytes(StandardCharsets.UTF_8));
    }
    SipRequest request = thirdParty(BOB, "3600").withBody(MediaType.of("message", "sip"), packed.toByteArray())
        .with(Header.CONTENT_ENCODING, "deflate");
    SipResponse answer = scscf.send(request, here);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.first(Header.EXPIRES)).hasValue("3600");
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(im.registered).containsExactly(BOB));
    assertThat(core.devices(BOB)).singleElement().matches(d -> d.registered() && d.lasting() && d.features().has("g.oma.sip-im"));
    assertThat(core.devices(BOB)).extracting(Device::id).containsExactly(new DeviceId("sip:" + scscf.here.hostPort() + ";lr"));
    assertThat(core.users()).containsExactly(BOB);

    assertThat(scscf.send(thirdParty(BOB, "0"), here).status()).isEqualTo(200);
    assertThat(core.devices(BOB)).singleElement().matches(d -> !d.registered());
    assertThat(im.deregistered).containsExactly(BOB);
    Delivery nowhere = core.deliver(BOB, message(ALICE, BOB, "x"), new Devices.All(), Deadline.in(Duration.ofSeconds(1), clock)).await();
    assertThat(nowhere.nobodyThere()).isTrue();
  }

  @Test
  void aThirdPartyRegistrationEndsByTheClock() {
    register(BOB);
    clock.advance(Duration.ofSeconds(3601));
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(im.deregistered).containsExactly(BOB));
    assertThat(core.devices(BOB)).noneMatch(Device::registered);
  }

  @Test
  void onlyTheCoreMaySend() {
    SipStack stranger = new SipStack(world(), SipSettings.DEFAULT, Scscf.numeric(), tx -> {});
    stranger.listen(Lab.at(Protocol.UDP, "127.0.0.3", 0));
    for (SipRequest request : List.of(message(ALICE, BOB, "c1"), thirdParty(BOB, "3600"))) {
      Deadline by = Deadline.in(Duration.ofSeconds(10), world().clock());
      assertThat(stranger.send(request, new Target.To(here), by).asResponse(request).status()).isEqualTo(403);
    }
    stranger.close();
    assertThat(im.handled).isEmpty();
    assertThat(core.devices(BOB)).isEmpty();
    SipRequest nameless = message(ALICE, BOB, "c2").without(Header.P_ASSERTED_IDENTITY);
    assertThat(scscf.send(overIsc(nameless, ";orig", "odi"), here).status()).isEqualTo(403);
  }

  @Test
  void theCoreCanAskWhetherTheServerIsAlive() {
    SipRequest ping = message(ALICE, BOB, "ping").withoutBody();
    SipRequest options = SipRequest.of("OPTIONS", Uri.parse("sip:im@" + here.hostPort())).edit()
        .copy(Header.FROM, ping).copy(Header.TO, ping)
        .copy(Header.CALL_ID, ping).with(Header.CSEQ, "1 OPTIONS").with(Header.MAX_FORWARDS, "70").request();
    assertThat(scscf.send(options, here).status()).isEqualTo(200);
  }

  @Test
  void aRequestOfTheServersOwnGoesToTheCore() {
    SipRequest own = message(AddressOfRecord.of("sip:im-system@home.test"), BOB, "own");
    assertThat(core.send(own, Deadline.in(Duration.ofSeconds(10), clock)).await().status()).isEqualTo(200);
    assertThat(scscf.got.getFirst().addresses(Header.ROUTE)).extracting(NameAddr::uri)
        .containsExactly(SipUri.parse("sip:" + scscf.here.hostPort() + ";lr"));
    assertThat(core.mayUseIm(BOB)).isTrue();
    assertThat(core.mayUseIm(AddressOfRecord.of("sip:bob@elsewhere.test"))).isFalse();
  }
}
