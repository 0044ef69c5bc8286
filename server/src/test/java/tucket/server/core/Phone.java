// A SIP client made of a SipStack, for tests.
package tucket.server.core;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
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
import tucket.transport.net.SystemWorld;
import tucket.transport.sip.Outcome;
import tucket.transport.sip.ServerTransaction;
import tucket.transport.sip.SipSettings;
import tucket.transport.sip.SipStack;
import tucket.transport.sip.Target;

/// Answers challenges by the algorithm of its choice, or by the server's first.
final class Phone implements AutoCloseable, SipStack.Handler {
  final String user;
  final SystemWorld world;
  final SipStack stack;
  final Endpoint here;
  final BlockingQueue<SipRequest> inbox = new LinkedBlockingQueue<>();
  String password;
  String instance = "";
  int regId;
  Optional<Algorithm> algorithm = Optional.empty();
  Function<SipRequest, Optional<SipResponse>> answers = r -> Optional.of(SipResponse.to(r, Status.OK));
  private final String domain;
  private final Endpoint server;
  private final String callId;
  private final AtomicInteger cseq = new AtomicInteger();
  private final AtomicInteger count = new AtomicInteger();

  Phone(Lab lab, String user, String password, Protocol protocol) {
    this.user = user;
    this.domain = lab.settings.domain();
    this.password = password;
    this.world = lab.system;
    this.stack = new SipStack(world.world(), SipSettings.DEFAULT, lab.resolver(), this);
    String host = lab.udp.host();
    this.here = stack.listen(Lab.at(protocol, host, 0));
    this.server = protocol == Protocol.UDP ? lab.udp : lab.tcp;
    this.callId = world.world().chance().token(8);
  }

  @Override
  public void request(ServerTransaction tx) {
    inbox.add(tx.request());
    answers.apply(tx.request()).ifPresent(tx::respond);
  }

  @Override
  public void closed(Flow flow) {}

  String contact() {
    String transport = here.protocol() == Protocol.UDP ? "" : ";transport=tcp";
    String params = instance.isEmpty() ? "" : ";+sip.instance=\"<" + instance + ">\"";
    return "<sip:" + user + "@" + here.hostPort() + transport + ">" + params + (regId > 0 ? ";reg-id=" + regId : "") + ";+g.oma.sip-im";
  }

  /// A request of this phone without credentials, with a Call-ID of its own unless it is a REGISTER.
  SipRequest request(String method, String uri) {
    String me = "<sip:" + user + "@" + domain + ">";
    Edit edit = SipRequest.of(method, Uri.parse(uri)).edit();
    edit.with(Header.MAX_FORWARDS, "70").with(Header.FROM, me + ";tag=" + world.world().chance().token(4));
    edit.with(Header.TO, method.equals("REGISTER") ? me : "<" + uri + ">");
    edit.with(Header.CALL_ID, method.equals("REGISTER") ? callId : world.world().chance().token(8));
    return edit.with(Header.CSEQ, cseq.incrementAndGet() + " " + method).request();
  }

  SipRequest register(String expires) {
    SipRequest request = request("REGISTER", "sip:" + domain);
    Edit edit = request.edit().with(Header.CONTACT, contact()).with(Header.EXPIRES, expires);
    return edit.with(Header.SUPPORTED, regId > 0 ? "path, gruu, outbound" : "path, gruu").request();
  }

  SipResponse register() {
    return send(register("3600"));
  }

  SipResponse message(String to, String text) {
    return message(to, text, r -> r);
  }

  SipResponse message(String to, String text, UnaryOperator<SipRequest> change) {
    SipRequest request = request("MESSAGE", to).withBody(MediaType.TEXT_PLAIN, text.getBytes(StandardCharsets.UTF_8));
    return send(change.apply(request));
  }

  /// Sends as it is; 408 and 503 stand for silence and unreachability.
  SipResponse sendOnce(SipRequest request) {
    Outcome outcome = stack.send(request, new Target.To(server), Deadline.in(Duration.ofSeconds(20), world.world().clock()));
    return outcome.asResponse(request);
  }

  /// Sends, and answers one challenge.
  SipResponse send(SipRequest request) {
    SipResponse first = sendOnce(request);
    if (first.status() != Status.UNAUTHORIZED && first.status() != Status.PROXY_AUTHENTICATION_REQUIRED) {
      return first;
    }
    return sendOnce(authorized(again(request), first));
  }

  SipRequest again(SipRequest request) {
    return request.with(Header.CSEQ, cseq.incrementAndGet() + " " + request.method());
  }

  SipRequest authorized(SipRequest request, SipResponse challenge) {
    return authorized(request, challenge, user, 1);
  }

  SipRequest authorized(SipRequest request, SipResponse challenge, String login, int nonceCount) {
    boolean proxy = challenge.status() == Status.PROXY_AUTHENTICATION_REQUIRED;
    List<String> lines = challenge.lines(proxy ? Header.PROXY_AUTHENTICATE : Header.WWW_AUTHENTICATE);
    DigestChallenge chosen = lines.stream().map(DigestChallenge::parse)
        .filter(c -> algorithm.isEmpty() || algorithm.get() == c.algorithm()).findFirst().orElseThrow();
    String cnonce = "c" + count.incrementAndGet();
    DigestCredentials answer =
        Digest.answer(chosen, login, password, request.method(), request.uriText(), cnonce, nonceCount, request.body());
    return request.with(proxy ? Header.PROXY_AUTHORIZATION : Header.AUTHORIZATION, answer.toString());
  }

  @Override
  public void close() {
    stack.close();
  }
}
