// Where a scene is played: the server, the people's phones, and what has been said so far.
package tucket.app.scene;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import tucket.app.admin.AdminClient;
import tucket.app.admin.Administration;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.Protocol;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// One play of one scene; for one thread.
final class Stage implements AutoCloseable {
  static final String DOMAIN = "tucket.example";
  static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(10);

  private final Scene scene;
  private final String engine;
  private final Path data;
  private final SystemWorld world = new SystemWorld(
      NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT.withTrust(new TlsSettings.Anyone())));
  private final Map<String, Phone> phones = new LinkedHashMap<>();
  private final Map<String, String> ids = new LinkedHashMap<>();
  private Optional<SceneServer> server = Optional.empty();
  private List<String> addresses = List.of("udp:127.0.0.1:0", "tcp:127.0.0.1:0", "tls:127.0.0.1:0");
  private String http = "127.0.0.1:0";
  private Optional<SipResponse> answer = Optional.empty();

  Stage(Scene scene, String engine, Path data) {
    this.scene = scene;
    this.engine = engine;
    this.data = data;
    start();
  }

  void start() {
    List<String> settings = new ArrayList<>();
    settings.add("sip.listen=[\"" + String.join("\",\"", addresses) + "\"]");
    settings.add("sip.tls.lab=true");
    settings.add("http.listen=\"" + http + "\"");
    settings.add("data=\"" + data + "\"");
    settings.add("storage.engine=" + engine);
    settings.add("limits.push-time=1500ms"); // nobody wants to wait for a phone that is gone
    settings.add("log.level=warn");
    settings.addAll(scene.settings());
    SceneServer started = scene.kills() ? new SceneServer.OwnProcess(settings) : new SceneServer.InProcess(settings);
    server = Optional.of(started);
    addresses = started.listening();
    http = started.http().replace("http://", "");
  }

  void stop() {
    running().stop();
    running().close();
    server = Optional.empty();
  }

  void kill() {
    running().kill();
    server = Optional.empty();
  }

  private SceneServer running() {
    return server.orElseThrow(() -> new AssertionError("the server does not run"));
  }

  /// Where the server speaks that transport.
  Endpoint at(String transport) {
    Protocol protocol = Protocol.valueOf(transport.toUpperCase(Locale.ROOT));
    String address = addresses.stream().filter(a -> a.startsWith(transport + ":")).findFirst().orElseThrow();
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    return new Endpoint(protocol, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
  }

  /// The phone of that name, made where there is none; `device` empty: the person's only one.
  Phone phone(String owner, String device) {
    if (device.isEmpty()) {
      List<Phone> own = phones.values().stream().filter(p -> p.owner.equals(owner)).toList();
      if (own.size() > 1) {
        throw new AssertionError(owner + " has several devices: name one, as in " + own.getFirst().name());
      }
      if (own.size() == 1) {
        return own.getFirst();
      }
    }
    String name = device.isEmpty() ? "phone" : device;
    return phones.computeIfAbsent(
        owner + "/" + name,
        key -> new Phone(world.world(), owner, name, settings(owner, name, "udp", owner + "-lab")));
  }

  ClientSettings settings(String owner, String device, String transport, String password) {
    Account account = new Account(SipUri.of(owner, DOMAIN), owner, password);
    String instance = "urn:uuid:" + UUID.nameUUIDFromBytes((owner + "/" + device).getBytes(StandardCharsets.UTF_8));
    return ClientSettings.of(account, at(transport)).withInstance(instance).withPatience(PATIENCE);
  }

  /// `bob`, `sip:...`, `tel:...`, `+49...`.
  static Uri address(String who) {
    if (who.startsWith("+")) {
      return Uri.parse("tel:" + who);
    }
    return who.indexOf(':') >= 0 ? Uri.parse(who) : SipUri.of(who, DOMAIN);
  }

  void said(String text, String messageId) {
    ids.put(text, messageId);
  }

  String idOf(String text) {
    String id = ids.get(text);
    if (id == null) {
      throw new AssertionError("nobody has sent \"" + text + "\" so far");
    }
    return id;
  }

  void answered(Optional<SipResponse> response) {
    answer = response;
  }

  SipResponse answer() {
    return answer.orElseThrow(() -> new AssertionError("there was no answer"));
  }

  /// Asks the server's admin API.
  <T> T ask(Function<Administration, T> question) {
    try (AdminClient admin = running().admin(data)) {
      return question.apply(admin);
    }
  }

  String token() {
    return world.world().chance().token(8);
  }

  /// Waits until it holds; `otherwise` says what was seen instead.
  void until(BooleanSupplier holds, java.util.function.Supplier<String> otherwise) {
    Deadline by = Deadline.in(PATIENCE, world.world().clock());
    while (!holds.getAsBoolean()) {
      if (by.passed(world.world().clock())) {
        throw new AssertionError(otherwise.get());
      }
      world.world().clock().sleep(LOOK);
    }
  }

  /// Lets time pass in which something that must not happen could happen.
  void quiet(Duration span) {
    world.world().clock().sleep(span);
  }

  List<Phone> phones() {
    return List.copyOf(phones.values());
  }

  /// What has arrived anywhere, for a step that failed.
  String seen() {
    StringBuilder out = new StringBuilder("  seen so far:");
    for (Phone phone : phones.values()) {
      out.append("\n    ").append(phone.name()).append(phone.isOn() ? "" : " (off)").append(':');
      phone.messages.forEach(m -> out.append("\n      \"").append(shortened(m.text())).append("\" from ").append(m.from()));
      phone.receipts.forEach(
          r -> out.append("\n      ").append(r.status().element()).append(" for ").append(textOf(r.messageId())).append(" from ").append(r.from()));
    }
    return out.toString();
  }

  private String textOf(String id) {
    return ids.entrySet().stream().filter(e -> e.getValue().equals(id)).findFirst().map(e -> '"' + shortened(e.getKey()) + '"').orElse(id);
  }

  private static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "... (" + text.length() + ")" : text;
  }

  @Override
  public void close() {
    phones.values().forEach(Phone::close);
    server.ifPresent(SceneServer::close);
    world.close();
  }
}
