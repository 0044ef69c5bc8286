// Sentences about the wire: requests as they stand there, what strangers send, what another core sends.
package tucket.app.scene;

import java.util.Optional;
import tucket.client.ImClient;
import tucket.protocol.sip.Edit;
import tucket.protocol.sip.Header;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

/// `requests` fills in the headers that every request has (and, for a user, his credentials); `raw` sends what stands there and nothing else.
final class WireSentences {
  private WireSentences() {}

  static void tell(Steps steps) {
    steps.on("the core requests", s ->
        s.stage().answered(s.stage().core().request(request(completed(s), false), s.stage().site("").at("udp", false))));
    steps.on("the core requests of the XDMSs", s ->
        s.stage().answered(s.stage().core().request(request(completed(s), false), s.stage().xdms().at("udp", false))));
    steps.on("messages of WHO to (?<to>\\S+) through the core are soon answered (?<status>\\d{3})", s -> s.stage().until(
        () -> message(s).filter(r -> r.status() == s.number("status")).isPresent(), () -> "they are not"));
    steps.on("the core answers (?<status>\\d{3})", s -> s.stage().core().answers(s.number("status")));
    steps.on("the core gets (?<method>[A-Z]+) with", s -> gets(s, s.stage().core().wire, "the core"));
    steps.on("a stranger requests(?: by (?<transport>udp|tcp))?", s -> raw(s, s.has("transport") ? s.part("transport") : "udp", true));
    steps.on("raw (?<transport>udp|tcp)", s -> raw(s, s.part("transport"), false));
    steps.on("WHO requests(?<deflated> with a deflated body)?", s -> {
      ImClient client = s.phone().client();
      Block block = s.block().map(row -> row.replace("{here}", client.local().host() + ":" + client.local().port()));
      s.stage().answered(Optional.of(client.request(request(block, s.has("deflated")))));
    });
    steps.on("WHO gets (?<method>[A-Z]+) with", s -> gets(s, s.phone().wire, s.phone().name()));
    steps.on("-> silence", s -> Words.check(s.stage().lastAnswer().isEmpty(), "there was an answer"));
    steps.on("-> (?<status>\\d{3})(?: \"(?<reason>[^\"]*)\")?", s -> Words.status(s.stage().lastAnswer(), s.part("status"), s.reason()));
    steps.on("the answer has (?<header>[\\w-]+): (?<value>.+)", s -> {
      String found = String.join(", ", s.stage().answer().lines(Header.of(s.part("header"))));
      Words.check(found.contains(s.part("value").strip()), "the answer has " + s.part("header") + ": " + found);
    });
    steps.on("the answer has (?<header>[\\w-]+)", s ->
        Words.check(s.stage().answer().has(Header.of(s.part("header"))), "the answer has no " + s.part("header")));
    steps.on("the answer has no (?<header>[\\w-]+)", s -> {
      Header header = Header.of(s.part("header"));
      Words.check(!s.stage().answer().has(header), "the answer has " + header + ": " + s.stage().answer().first(header).orElse(""));
    });
  }

  private static Optional<SipResponse> message(Steps.Said s) {
    Block block = new Block();
    block.add("| MESSAGE " + s.part("to"));
    block.add(s.stage().filled("| Route: <sip:{server};lr>, <sip:{core};lr>"));
    block.add("| P-Asserted-Identity: <" + Stage.address(s.part("who")) + ">");
    block.add("| Content-Type: text/plain");
    block.add("|");
    block.add("| Try");
    String token = s.stage().token();
    return s.stage().core().request(request(RawSip.completed(block, "udp").map(row -> row.replace("{id}", token)), false), s.stage().site("").at("udp", false));
  }

  private static void raw(Steps.Said s, String transport, boolean complete) {
    Block block = complete ? RawSip.completed(s.block(), transport) : s.block();
    s.stage().answered(RawSip.exchange(transport, s.stage().site("").at(transport, false).address(), block, s.stage().token()));
  }

  /// With fresh tokens where the scene gives none.
  private static Block completed(Steps.Said s) {
    String token = s.stage().token();
    Block full = RawSip.completed(s.block(), "udp");
    return full.map(row -> row.replace("{id}", token));
  }

  /// `METHOD URI`, header lines, an empty line, the body; Via is the stack's affair.
  private static SipRequest request(Block block, boolean deflated) {
    String[] start = block.head().getFirst().split(" ");
    Edit edit = SipRequest.of(start[0], Stage.address(start[1])).edit();
    for (String header : block.head().subList(1, block.head().size())) {
      int colon = header.indexOf(':');
      Header name = Header.of(header.substring(0, colon).strip());
      if (!name.equals(Header.VIA)) {
        edit.append(name, header.substring(colon + 1).strip());
      }
    }
    if (block.hasBody()) {
      edit.bytes(deflated ? block.deflatedBody() : block.body());
    }
    return edit.request();
  }

  private static void gets(Steps.Said s, Wire wire, String who) {
    String method = s.part("method");
    s.stage().until(() -> wire.take(method, s.block()).isPresent(), () -> who + " got no such " + method + ", but " + wire.shown(method));
  }
}
