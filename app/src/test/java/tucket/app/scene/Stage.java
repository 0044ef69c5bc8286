// Where a scene is played: the servers, the people's phones, and what has been said so far.
package tucket.app.scene;

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
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.Sent;
import tucket.protocol.sip.SipResponse;
import tucket.protocol.sip.SipUri;
import tucket.protocol.sip.Uri;
import tucket.transport.Chance;
import tucket.transport.Deadline;
import tucket.transport.Endpoint;
import tucket.transport.World;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SelfSigned;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

/// One play of one scene; for one thread.
final class Stage implements AutoCloseable {
  static final String DOMAIN = "tucket.example";
  /// So that scenes can tell what becomes of messages that are too large for a MESSAGE.
  private static final int LARGE = 30_000;
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(10);

  private final SystemWorld system = new SystemWorld(
      NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT.withTrust(new TlsSettings.Anyone())));
  private final World world = system.world();
  private final Map<String, Site> sites = new LinkedHashMap<>();
  private final Map<String, Integer> media = new LinkedHashMap<>();
  private final Map<String, Phone> phones = new LinkedHashMap<>();
  private final Map<String, String> ids = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<Sent>> pending = new LinkedHashMap<>();
  private final Wire answers = new Wire();
  private Optional<OtherCore> core = Optional.empty();
  private Optional<SipResponse> answer = Optional.empty();
  private Optional<Site> xdms = Optional.empty();
  private String document = "";

  Stage(Scene scene, String engine, Path data) {
    List<String> settings = new ArrayList<>();
    settings.add("storage.engine=" + engine.replace(" apart", ""));
    settings.add("limits.push-time=1500ms"); // nobody wants to wait for a phone that is gone
    settings.add("log.level=warn");
    try {
      if (!scene.peers().isEmpty()) {
        openPeers(scene, data, settings);
      } else if (scene.behindCore()) {
        openBehindCore(scene, engine, data, settings);
      } else {
        settings.add("sip.tls.lab=true");
        settings.addAll(scene.settings());
        if (scene.settings().stream().anyMatch(s -> s.startsWith("msrp.relay"))) { // phones have to be told where it is
          media.put(DOMAIN, Site.freePort());
          settings.add("msrp.listen=[\"tcp:127.0.0.1:" + media.get(DOMAIN) + "\"]");
        }
        int port = Site.freePort(); // UDP and TCP on one, as everywhere: large requests move from one to the other
        List<String> listen = new ArrayList<>(List.of("udp:127.0.0.1:" + port, "tcp:127.0.0.1:" + port, "tls:127.0.0.1:0"));
        if (scene.wantsIpv6()) {
          listen.addAll(List.of("udp:[::1]:0", "tcp:[::1]:0", "tls:[::1]:0"));
        }
        if (engine.endsWith(" apart")) {
          settings.addAll(apart(data, settings));
        }
        sites.put(DOMAIN, new Site(DOMAIN, data, listen, settings, scene.kills()));
      }
      sites.values().forEach(Site::start);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /// The XDMSs in a process of their own, which trusts the server; what the server must be told of them.
  private List<String> apart(Path data, List<String> common) {
    List<String> settings = new ArrayList<>(common);
    settings.add("xdms.trusted.addresses=[\"127.0.0.1\"]");
    settings.add("core.peers=[{name=im,domains=[\"" + DOMAIN + "\"],trusted=true,sources=[\"127.0.0.1\"]}]");
    settings.add("lab.users=false");
    Site there = new Site(DOMAIN, data.resolve("xdms"), List.of("tcp:127.0.0.1:0"), settings, true);
    xdms = Optional.of(there);
    there.start();
    return List.of("xdms.remote.root=\"" + there.xcap() + "\"",
        "xdms.remote.sip=\"sip:127.0.0.1:" + there.at("tcp", false).address().getPort() + ";transport=tcp\"");
  }

  /// The XDMSs where they believe whom a server asserts: where they are apart, or behind another core.
  Site xdms() {
    return xdms.or(() -> core.map(c -> site(""))).orElseThrow(() -> new AssertionError("the XDMSs are not apart"));
  }

  /// What was read last over XCAP.
  String document() {
    return document;
  }

  void read(String text) {
    document = text;
  }

  Chance chance() {
    return world.chance();
  }

  /// Two servers that know each other by their certificates.
  private void openPeers(Scene scene, Path data, List<String> common) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    Map<String, TlsSettings.Identity> certificates = new LinkedHashMap<>();
    for (String domain : scene.peers()) {
      ports.put(domain, Site.freePort());
      certificates.put(domain, SelfSigned.make(data.resolve(domain + "-tls"), List.of(domain), Duration.ofDays(1)));
    }
    for (String domain : scene.peers()) {
      String other = scene.peers().get(scene.peers().getFirst().equals(domain) ? 1 : 0);
      TlsSettings.Identity own = java.util.Objects.requireNonNull(certificates.get(domain));
      List<String> settings = new ArrayList<>(common);
      settings.add("sip.tls.certificate=\"" + own.certificateChain() + "\"");
      settings.add("sip.tls.key=\"" + own.privateKey() + "\"");
      settings.add("sip.tls.trust=\"" + java.util.Objects.requireNonNull(certificates.get(other)).certificateChain() + "\"");
      settings.add("sip.tls.ask-peers=true");
      settings.add("sip.hosts={\"" + other + "\"=\"127.0.0.1\"}");
      settings.add("core.peers=[{name=other,domains=[\"" + other + "\"],route=\"sip:" + other + ":" + ports.get(other)
          + ";transport=tls;lr\",trusted=true,sources=[],certificates=[\"" + other + "\"],defers=" + scene.defers(other) + "}]");
      settings.addAll(scene.settings());
      settings.addAll(scene.own().getOrDefault(domain, List.of()));
      List<String> listen = List.of("udp:127.0.0.1:0", "tcp:127.0.0.1:0", "tls:127.0.0.1:" + ports.get(domain));
      media.put(domain, Site.freePort());
      settings.add("msrp.listen=[\"tcp:127.0.0.1:" + media.get(domain) + "\"]");
      sites.put(domain, new Site(domain, data, listen, settings, scene.kills()));
    }
  }

  private void openBehindCore(Scene scene, String engine, Path data, List<String> settings) {
    OtherCore other = new OtherCore(world);
    core = Optional.of(other);
    settings.add("core.mode=external");
    settings.add("core.external.route=\"sip:127.0.0.1:" + other.port() + ";lr\"");
    settings.add("xdms.trusted.addresses=[\"127.0.0.1\"]");
    if (engine.endsWith(" apart")) {
      List<String> there = new ArrayList<>(settings);
      there.add("core.external.trusted=[\"127.0.0.1\"]"); // what is large comes over TCP, from any port
      Site documents = new Site(DOMAIN, data.resolve("xdms"), List.of("udp:127.0.0.1:0", "tcp:127.0.0.1:0"), there, true);
      xdms = Optional.of(documents);
      documents.start();
      other.leads(OtherCore.XDMS, documents.at("tcp", false));
      settings.add("xdms.remote.root=\"" + documents.xcap() + "\"");
      settings.add("xdms.remote.sip=\"" + OtherCore.XDMS + "\"");
    }
    settings.add("core.external.trusted=[\"127.0.0.1:" + other.port() + "\"]");
    settings.addAll(scene.settings());
    sites.put(DOMAIN, new Site(DOMAIN, data, List.of("udp:127.0.0.1:0", "tcp:127.0.0.1:0"), settings, scene.kills()));
  }

  /// The server of a domain; empty: the only one.
  Site site(String domain) {
    Site found = domain.isEmpty() ? sites.values().iterator().next() : sites.get(domain);
    if (found == null) {
      throw new AssertionError("there is no server of " + domain);
    }
    return found;
  }

  /// Where the server of a domain takes MSRP.
  int media(String domain) {
    return java.util.Objects.requireNonNull(media.get(domain), domain);
  }

  /// The server of a person.
  Site home(String person) {
    return site(domain(person));
  }

  private static String domain(String person) {
    return person.indexOf('@') < 0 ? "" : person.substring(person.indexOf('@') + 1);
  }

  OtherCore core() {
    return core.orElseThrow(() -> new AssertionError("the scene is not behind another core"));
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
        owner + "/" + name, key -> new Phone(world, owner, name, settings(owner, name, home(owner).at("udp", false), "")));
  }

  /// `password` empty: the one that the lab gives.
  ClientSettings settings(String owner, String device, Endpoint server, String password) {
    SipUri address = (SipUri) address(owner);
    Account account = new Account(address, address.user(), password.isEmpty() ? address.user() + "-lab" : password);
    String instance = "urn:uuid:" + UUID.nameUUIDFromBytes((owner + "/" + device).getBytes(StandardCharsets.UTF_8));
    return ClientSettings.of(account, server).withInstance(instance).withPatience(PATIENCE).withLargeOver(LARGE);
  }

  /// `bob`, `bob@partner.example`, `sip:...`, `tel:...`, `+49...`; also `bob's tablet`, by the GRUU it was given.
  Uri addressee(String who) {
    int s = who.indexOf("'s ");
    if (s < 0) {
      return address(who);
    }
    Phone phone = phone(who.substring(0, s), who.substring(s + 3));
    return phone.client().registration().flatMap(r -> r.gruu()).orElseThrow(() -> new AssertionError(phone.name() + " has no GRUU"));
  }

  static Uri address(String who) {
    if (who.startsWith("+")) {
      return Uri.parse("tel:" + who);
    }
    int at = who.indexOf('@');
    return who.indexOf(':') >= 0 ? Uri.parse(who) : at >= 0 ? SipUri.of(who.substring(0, at), who.substring(at + 1)) : SipUri.of(who, DOMAIN);
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

  /// Puts in what is only known while a scene is played: the Message-ID of a text as {id of "text"}, addresses as {server} and {core}.
  String filled(String line) {
    String out = line;
    for (Map.Entry<String, String> said : ids.entrySet()) {
      out = out.replace("{id of \"" + said.getKey() + "\"}", said.getValue());
    }
    if (core.isPresent()) {
      out = out.replace("{server}", "127.0.0.1:" + site("").at("udp", false).port()).replace("{core}", "127.0.0.1:" + core().port());
    }
    return out;
  }

  void answered(Optional<SipResponse> response) {
    response.ifPresent(answers::arrived);
    answer = response;
  }

  /// The last answer; empty where there was silence.
  Optional<SipResponse> lastAnswer() {
    return answer;
  }

  SipResponse answer() {
    return answer.orElseThrow(() -> new AssertionError("there was no answer"));
  }

  /// Lets `send` go on in the background.
  void begin(String text, Supplier<Sent> send) {
    CompletableFuture<Sent> result = new CompletableFuture<>();
    pending.put(text, result);
    world.threads().start("send", () -> {
      try {
        result.complete(send.get());
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    });
  }

  /// What became of it.
  Sent finished(String text) {
    CompletableFuture<Sent> result = pending.get(text);
    if (result == null) {
      throw new AssertionError("\"" + text + "\" was not sent in the background");
    }
    until(result::isDone, () -> "\"" + text + "\" has no answer yet");
    return result.join();
  }

  String token() {
    return world.chance().token(8).toLowerCase(Locale.ROOT);
  }

  /// Waits until it holds; `otherwise` says what was seen instead.
  void until(BooleanSupplier holds, Supplier<String> otherwise) {
    Deadline by = Deadline.in(PATIENCE, world.clock());
    while (!holds.getAsBoolean()) {
      if (by.passed(world.clock())) {
        throw new AssertionError(otherwise.get());
      }
      world.clock().sleep(LOOK);
    }
  }

  /// Lets time pass in which something that must not happen could happen.
  void quiet(Duration span) {
    world.clock().sleep(span);
  }

  /// What must hold of every scene at its end.
  void check() {
    answers.check();
    phones.values().forEach(p -> p.wire.check());
    core.ifPresent(c -> c.wire.check());
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
    answer.ifPresent(a -> out.append("\n    the last answer: ").append(a.status()).append(' ').append(a.reason()));
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
    core.ifPresent(OtherCore::close);
    sites.values().forEach(Site::close);
    xdms.ifPresent(Site::close);
    system.close();
  }
}
