// One server under fuzzing, a user of it, and a stranger with a socket.
package tucket.app.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import tucket.app.assembly.Assembly;
import tucket.app.assembly.LabUsers;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.protocol.Malformed;
import tucket.protocol.fuzz.Broken;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipReader;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.transport.Endpoint;
import tucket.transport.Flow;
import tucket.transport.FlowHandler;
import tucket.transport.Network;
import tucket.transport.Protocol;
import tucket.transport.Unavailable;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// For one thread, but for what arrives.
final class Victim implements FlowHandler, AutoCloseable {
  private static final String DOMAIN = "tucket.example";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int ATTEMPTS = 3;
  /// What a stranger may not be told: success, our own fault, or anything of the inside.
  private static final Pattern WRONG = Pattern.compile("(?m)^SIP/2\\.0 (2\\d\\d|500) .*|^.*(Exception|\tat ).*");

  private final SystemWorld world = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
  private final AtomicReference<Optional<String>> wrong = new AtomicReference<>(Optional.empty());
  private final Assembly server;
  private final ImClient alice;
  private final Network.Listener datagrams;
  private Optional<Flow> stream = Optional.empty();
  private int requests;

  Victim() {
    server = Assembly.start(ConfigFile.read(Optional.empty(), List.of(
        "sip.listen=[\"udp:127.0.0.1:0\",\"tcp:127.0.0.1:0\"]", "http.listen=\"\"", "storage.engine=memory", "lab.users=true", "log.level=error",
        "limits.wait-time=0", "limits.requests-a-second-of-one-user=0", "limits.push-time=100ms")));
    Account account = new Account(SipUri.of("alice", DOMAIN), "alice", LabUsers.passwordOf("alice").orElseThrow());
    alice = new ImClient(world.world(), ClientSettings.of(account, at(Protocol.TCP)).withInstance("urn:uuid:00000000-0000-4000-8000-00000000a11c"));
    alice.register();
    datagrams = world.world().network().listen(new Endpoint(Protocol.UDP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), this);
  }

  private Endpoint at(Protocol protocol) {
    return server.listening().stream().filter(e -> e.protocol() == protocol).findFirst().orElseThrow();
  }

  @Override
  public void received(Flow flow, byte[] data) {
    told(new String(data, ISO_8859_1)).ifPresent(what -> wrong.set(Optional.of(what)));
  }

  /// What a stranger has been told that he may not be.
  static Optional<String> told(String answer) {
    return WRONG.matcher(answer).results().findFirst().map(found -> found.group() + " in " + answer);
  }

  /// Bytes of a stranger, as a datagram.
  void datagram(byte[] input) {
    datagrams.flowTo(at(Protocol.UDP).address()).send(input);
    look();
  }

  /// Bytes of a stranger in the midst of a stream, on a new connection where the server has cut the last one.
  void stream(byte[] input) {
    Flow flow = stream.filter(Flow::isOpen).orElseGet(() -> world.world().network().connect(at(Protocol.TCP), "", this, SOON));
    stream = Optional.of(flow);
    flow.send(input);
    look();
  }

  private void look() {
    wrong.getAndSet(Optional.empty()).ifPresent(what -> {
      throw new Broken("one of the last strangers was told too much: " + what);
    });
    throw new Malformed("a stranger's");
  }

  /// A request of a user; where it is none that his client could send, a stranger's.
  void user(byte[] input) {
    SipRequest request;
    try {
      if (!(new SipReader().read(input.clone()) instanceof SipRequest read) || read.is("ACK") || read.is("CANCEL") || read.is("INVITE")) {
        datagram(input);
        return;
      }
      int number = ++requests;
      request = read.edit().without(Header.VIA).with(Header.CALL_ID, "u" + number).with(Header.CSEQ, number + " " + read.method()).request();
    } catch (Malformed unreadable) {
      datagram(input);
      return;
    }
    SipResponse answer = alice.request(request);
    String text = new String(answer.encode(), ISO_8859_1);
    if (answer.status() == 500 || text.contains("Exception") || text.contains("\tat ")) {
      throw new Broken("a user was answered " + text);
    }
    if (answer.status() == 408 || answer.status() == 503) {
      lives();
    }
    if (answer.status() >= 300) {
      throw new Malformed(answer.status() + " " + answer.reason());
    }
  }

  /// That the server still serves a request without fault.
  private void lives() {
    for (int i = 0; i < ATTEMPTS; i++) {
      int status = alice.request(SipRequest.of("OPTIONS", SipUri.of("", DOMAIN))).status();
      if (status != 408 && status != 503) {
        return;
      }
    }
    throw new Broken("the server answers no more");
  }

  @Override
  public void close() {
    try {
      alice.close();
    } catch (Unavailable gone) {
      // the server is to end anyway
    }
    server.close();
    world.close();
  }
}
