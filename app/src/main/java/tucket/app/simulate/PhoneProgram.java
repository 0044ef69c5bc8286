// The program on a simulated phone: a SIP user agent that lives until it is killed.
package tucket.app.simulate;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tucket.protocol.cpim.CpimMessage;
import tucket.protocol.document.DeferredList;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.Uri;
import tucket.protocol.sip.digest.Digest;
import tucket.protocol.sip.digest.DigestChallenge;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.Protocol;
import tucket.transport.Threads;
import tucket.transport.World;
import tucket.transport.sip.ClientTransaction;
import tucket.transport.sip.Responses;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;
import tucket.transport.simulated.SimulatedProcess;

/// Sends a letter again, after a pause, until it is answered by a 2xx or refused for good.
final class PhoneProgram implements SipStack.Handler {
  private static final Duration PATIENCE = Duration.ofSeconds(33);
  private static final int PORT = 5070;

  private final Phone phone;
  private final SimulatedProcess process;
  private final Optional<PhoneTalks> talks;
  private final Clock clock;
  private final Threads threads;
  private final SipStack stack;
  private final String callId;
  private final Set<String> sending = new TreeSet<>();
  private int sequence;
  private int uses;
  private boolean registering;
  private boolean again;
  private boolean registered;
  private Optional<DigestChallenge> challenge = Optional.empty();

  /// How a request is sent.
  interface UnaryExchange {
    SipResponse send(SipRequest request);
  }

  PhoneProgram(Phone phone, SimulatedProcess process) {
    this.phone = phone;
    this.process = process;
    World world = process.world();
    clock = world.clock();
    threads = world.threads();
    callId = world.chance().token(8);
    stack = new SipStack(world, SipSettings.DEFAULT, SimulatedServer::resolve, this);
    for (Protocol protocol : List.of(Protocol.UDP, Protocol.TCP)) {
      stack.listen(new Endpoint(protocol, new InetSocketAddress(phone.machine().address(), PORT)));
    }
    talks = phone.calls() == Phone.Calls.NONE ? Optional.empty() : Optional.of(new PhoneTalks(phone, this, world));
  }

  void run() {
    if (phone.wanted()) {
      registerNow();
    }
  }

  boolean isRegistered() {
    return registered;
  }

  List<Talk> talks() {
    return talks.map(PhoneTalks::standing).orElse(List.of());
  }

  // ---- registration

  /// Registers or unregisters as the phone wants, and goes on refreshing.
  void registerNow() {
    again = true;
    if (!registering) {
      registering = true;
      threads.start("register", this::register);
    }
  }

  private void register() {
    while (again) {
      again = false;
      boolean on = phone.wanted();
      SipResponse response = request(binding(on));
      registered = on && response.isSuccess();
      phone.ledger().count("REGISTER " + response.status() / 100 + "xx");
      Duration pause = registered ? phone.life().dividedBy(2) : on ? Duration.ofSeconds(3 + phone.random().nextInt(15)) : Duration.ZERO;
      if (on) {
        clock.after(pause, () -> {
          if (phone.wanted()) {
            registerNow();
          }
        });
      }
    }
    registering = false;
  }

  private SipRequest binding(boolean on) {
    boolean tells = phone.calls() == Phone.Calls.ALSO || phone.calls() == Phone.Calls.ONLY;
    String contact = contact() + (phone.outbound() ? ";reg-id=1" : "") + ";+g.oma.sip-im" + (tells ? PhoneTalks.IARI : "");
    Edit edit = request("REGISTER", "sip:" + SimulatedServer.DOMAIN, phone.user(), callId).edit();
    edit.with(Header.CONTACT, contact).with(Header.EXPIRES, on ? Long.toString(phone.life().toSeconds()) : "0");
    return edit.with(Header.SUPPORTED, phone.outbound() ? "path, gruu, outbound" : "path, gruu").request();
  }

  /// Where it is reached, without features.
  String contact() {
    return "<sip:" + login() + "@" + phone.machine().address().getHostAddress() + ":" + PORT + (phone.protocol() == Protocol.TCP ? ";transport=tcp" : "")
        + (phone.outbound() ? ";ob" : "") + ">;+sip.instance=\"<" + phone.instance() + ">\"";
  }

  // ---- requests

  private String login() {
    return ((tucket.protocol.sip.SipUri) new AddressOfRecord(phone.user()).uri()).user();
  }

  SipRequest request(String method, String uri, String to, String call) {
    Edit edit = SipRequest.of(method, Uri.parse(uri)).edit();
    edit.with(Header.MAX_FORWARDS, "70").with(Header.FROM, "<" + phone.user() + ">;tag=" + process.world().chance().token(4));
    edit.with(Header.TO, "<" + to + ">").with(Header.CALL_ID, call);
    return edit.with(Header.CSEQ, ++sequence + " " + method).request();
  }

  private SipResponse request(SipRequest request) {
    return request(request, this::exchange);
  }

  /// Sends it by `exchange`, which blocks, and again with a proof where that is wanted.
  SipResponse request(SipRequest request, UnaryExchange exchange) {
    SipResponse response = exchange.send(proved(request));
    for (int i = 0; i < 2 && (response.status() == 401 || response.status() == 407); i++) {
      List<String> lines = new ArrayList<>(response.lines(Header.WWW_AUTHENTICATE));
      lines.addAll(response.lines(Header.PROXY_AUTHENTICATE));
      challenge = DigestChallenge.choose(lines);
      uses = 0;
      Header where = response.status() == 401 ? Header.AUTHORIZATION : Header.PROXY_AUTHORIZATION;
      response = exchange.send(proved(request.with(Header.CSEQ, ++sequence + " " + request.method()), where));
    }
    return response;
  }

  private SipRequest proved(SipRequest request) {
    return proved(request, request.is("REGISTER") ? Header.AUTHORIZATION : Header.PROXY_AUTHORIZATION);
  }

  private SipRequest proved(SipRequest request, Header where) {
    if (challenge.isEmpty()) {
      return request;
    }
    String cnonce = process.world().chance().token(8);
    return request.with(where, Digest.answer(challenge.get(), login(), "secret of " + login(), request.method(), request.uriText(), cnonce,
        ++uses, request.body()).toString());
  }

  private SipResponse exchange(SipRequest request) {
    return stack.send(request, server(), Deadline.in(PATIENCE, clock)).asResponse(request);
  }

  private Target server() {
    return new Target.To(phone.site().at(phone.protocol()));
  }

  /// Sends a request within a dialog and blocks for its answer.
  SipResponse within(SipRequest request) {
    return exchange(request);
  }

  ClientTransaction begin(SipRequest invite, Responses listener) {
    return stack.begin(invite, server(), listener);
  }

  void acknowledge(SipRequest ack) {
    boolean unused = stack.acknowledge(ack, server());
  }

  // ---- letters

  /// Works off one lane of the outbox.
  void send(String lane) {
    if (sending.add(lane)) {
      threads.start("send " + lane, () -> sendAll(lane));
    }
  }

  private void sendAll(String lane) {
    Deque<Letter> outbox = phone.outbox(lane);
    while (!outbox.isEmpty()) {
      Letter letter = outbox.getFirst();
      int status = talks.flatMap(t -> t.send(letter)).orElseGet(() -> send(letter));
      if (status < 300 || isRefused(letter, status)) {
        letter.given = true;
        outbox.removeFirst();
      } else {
        clock.sleep(Duration.ofMillis(500 + phone.random().nextInt(20_000)));
      }
    }
    sending.remove(lane);
  }

  private boolean isRefused(Letter letter, int status) {
    switch (status) {
      case 408, 480, 503, 401, 407 -> {
        return false;
      }
      case 404, 405, 413, 481, 486, 487, 491, 506 -> {
        if (letter.inSession) {
          return false; // the device's answer to an INVITE, no room, and sessions that are lost
        }
      }
      case 500 -> {
        boolean said = letter.errors.values().stream().anyMatch(n -> n > 0);
        if (!said) {
          phone.ledger().broken(Law.LIVES_ON, letter.id, letter + " is answered 500");
        }
        return false;
      }
      default -> {}
    }
    if (letter.refused.isEmpty()) {
      phone.ledger().broken(Law.LIVES_ON, letter.id, letter + " is answered " + status + ", though no device of the recipient has refused it");
    }
    return true;
  }

  private int send(Letter letter) {
    String call = process.world().chance().token(8);
    phone.ledger().called(call, letter);
    SipRequest request = request("MESSAGE", letter.to, letter.to, call).edit().with(Header.ACCEPT_CONTACT, "*;+g.oma.sip-im")
        .body(MediaType.CPIM, Phone.wrapped(letter)).request();
    int status = request(request).status();
    phone.ledger().count((letter.isNotification() ? "notification " : "MESSAGE ") + status);
    return status;
  }

  /// Asks for all deferred messages; they come like those that are pushed.
  void retrieve() {
    threads.start("retrieve", () -> {
      String address = "sip:deferred-messages@" + SimulatedServer.DOMAIN;
      SipRequest request = request("MESSAGE", address, address, process.world().chance().token(8));
      phone.ledger().count("retrieval " + request(request.edit().body(MediaType.TEXT_PLAIN, "all".getBytes(StandardCharsets.US_ASCII)).request()).status());
    });
  }

  /// Deletes what waits, all where nothing is named.
  void delete(List<String> ids) {
    threads.start("delete", () -> {
      String address = "sip:delete-messages@" + SimulatedServer.DOMAIN;
      String call = process.world().chance().token(8);
      phone.ledger().deletes(call, phone.user(), ids);
      byte[] body = (ids.isEmpty() ? "all" : String.join(" ", ids)).getBytes(StandardCharsets.US_ASCII);
      int status = request(request("MESSAGE", address, address, call).edit().body(MediaType.TEXT_PLAIN, body).request()).status();
      phone.ledger().count("deletion " + status);
      if (status == 200) {
        phone.ledger().deleted(call, phone.site().watch().waiting(phone.user()).stream().map(r -> r.waiting().messageId()).toList());
      }
    });
  }

  // ---- what comes in

  @Override
  public void ack(SipRequest ack, Flow flow) {
    talks.ifPresent(t -> t.acknowledged(ack));
  }

  @Override
  public void request(ServerTransaction tx) {
    SipRequest request = tx.request();
    if (talks.isPresent() && talks.get().serve(tx)) {
      return;
    }
    if (request.is("INVITE")) {
      tx.respond(SipResponse.to(request, 405));
      return;
    }
    boolean list = request.contentType().filter(t -> t.is(DeferredList.TYPE)).isPresent();
    if (list && phone.random().nextBoolean()) {
      retrieve();
    }
    if (list || !request.is("MESSAGE")) {
      tx.respond(SipResponse.to(request, 200));
      return;
    }
    String asserted = request.addresses(Header.P_ASSERTED_IDENTITY).getFirst().uri().toString();
    Phone.Reply reply = phone.arrived(CpimMessage.parse(request.body()), asserted, Phone.By.MESSAGE);
    if (reply.status() == 0) {
      return;
    }
    if (!reply.after().isZero()) {
      clock.sleep(reply.after());
    }
    tx.respond(SipResponse.to(request, reply.status()));
  }
}
