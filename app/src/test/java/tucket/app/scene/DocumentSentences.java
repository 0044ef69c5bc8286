// Sentences about documents: what people write and read over XCAP.
package tucket.app.scene;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tucket.client.Account;
import tucket.client.Outgoing;
import tucket.client.xcap.ContactLists;
import tucket.client.xcap.UserProfile;
import tucket.client.xcap.XdmClient;
import tucket.protocol.xcap.XcapError;
import tucket.transport.http.HttpCalls;
import tucket.transport.http.Response;

/// Paths are below the XCAP root. A status may be followed by the error element of a conflict report: `-> 409 cannot-insert`.
final class DocumentSentences {
  private static final String OUTCOME = " -> (?<status>\\d{3})(?: (?<error>[a-z0-9-]+))?";

  private DocumentSentences() {}

  static void tell(Steps steps) {
    steps.on("WHO puts (?<path>\\S+) as (?<type>\\S+)" + OUTCOME, s -> ask(s, "PUT", Optional.of(s.part("type"))));
    steps.on("WHO reads (?<path>\\S+)" + OUTCOME, s -> ask(s, "GET", Optional.empty()));
    steps.on("WHO deletes (?<path>\\S+)" + OUTCOME, s -> ask(s, "DELETE", Optional.empty()));
    steps.on("the document has (?<what>.+)", s ->
        Words.check(s.stage().document().contains(s.part("what").strip()), "the document is " + s.stage().document()));
    steps.on("the document has no (?<what>.+)", s ->
        Words.check(!s.stage().document().contains(s.part("what").strip()), "the document is " + s.stage().document()));
    steps.on("WHO blocks (?<whom>\\S+)", s -> with(s, xdm -> new ContactLists(xdm).block(Stage.address(s.part("whom")).toString())));
    steps.on("WHO unblocks (?<whom>\\S+)", s -> with(s, xdm -> new ContactLists(xdm).unblock(Stage.address(s.part("whom")).toString())));
    steps.on("WHO (?<what>blocks|unblocks) (?<whom>\\S+) at the XDMSs", DocumentSentences::blockThere);
    steps.on("WHO (?<what>puts|deletes) (?<path>\\S+?)(?: as (?<type>\\S+))? at the XDMSs", s -> {
      List<Response.Header> type = s.has("type") ? List.of(new Response.Header("Content-Type", s.part("type"))) : List.of();
      there(s, s.part("what").equals("puts") ? "PUT" : "DELETE", s.part("path"), type, String.join("\r\n", s.block().head()));
    });
    steps.on("the XDMSs are killed", s -> s.stage().xdms().kill());
    steps.on("messages of WHO to (?<to>\\S+) are soon answered (?<status>\\d{3})", s -> s.stage().until(
        () -> s.phone().client().pager().send(Stage.address(s.part("to")), Outgoing.text("Try")).status() == s.number("status"),
        () -> "they are not"));
    steps.on("WHO calls (?:himself|herself) TEXT", s -> with(s, xdm -> new UserProfile(xdm).set(java.util.Map.of("display-name", s.part("text")))));
  }

  private static void blockThere(Steps.Said s) {
    String rules = "<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\"><rule id=\"b\"><conditions><identity><one id=\"" + Stage.address(s.part("whom"))
        + "\"/></identity></conditions><actions><allow-reject-invite xmlns=\"urn:oma:xml:xdm:extensions\">" + s.part("what").equals("blocks")
        + "</allow-reject-invite></actions></rule></ruleset>";
    there(s, "PUT", "org.openmobilealliance.access-rules/users/" + Stage.address(s.part("who")) + "/access-rules",
        List.of(new Response.Header("Content-Type", "application/auth-policy+xml")), rules);
  }

  // Past the Aggregation Proxy of the IM Server: what it has kept is told to be old by a NOTIFY alone.
  private static void there(Steps.Said s, String method, String path, List<Response.Header> type, String body) {
    List<Response.Header> headers = new ArrayList<>(type);
    headers.add(new Response.Header("X-3GPP-Asserted-Identity", "\"" + Stage.address(s.part("who")) + "\""));
    URI uri = URI.create(s.stage().xdms().xcap() + "/" + path);
    try (HttpCalls calls = new HttpCalls(HttpCalls.Version.HTTP_1_1, Optional.empty(), Duration.ofSeconds(30), 1 << 20)) {
      Response response = calls.send(method, uri, headers, body.getBytes(StandardCharsets.UTF_8));
      Words.check(response.status() / 100 == 2, "the answer was " + response.status() + " " + new String(response.body(), StandardCharsets.UTF_8));
    }
  }

  private interface Use {
    void of(XdmClient xdm);
  }

  private static void with(Steps.Said s, Use use) {
    String who = s.part("who");
    Account account = Account.of(Stage.address(who).toString(), who.replaceAll("@.*", ""), who.replaceAll("@.*", "") + "-lab");
    try (XdmClient xdm = new XdmClient(account, URI.create(s.stage().home(who).xcap()), Optional.empty(), s.stage().chance())) {
      use.of(xdm);
    }
  }

  private static void ask(Steps.Said s, String method, Optional<String> type) {
    List<Response.Header> headers = new ArrayList<>();
    type.ifPresent(t -> headers.add(new Response.Header("Content-Type", t)));
    String path = s.part("path").replace("\"", "%22").replace("[", "%5B").replace("]", "%5D");
    byte[] body = String.join("\r\n", s.block().head()).getBytes(StandardCharsets.UTF_8);
    with(s, xdm -> {
      Response response = xdm.send(method, path, headers, body);
      s.stage().read(new String(response.body(), StandardCharsets.UTF_8));
      String error = response.status() == 409 ? XcapError.parse(response.body()).kind().element() : "";
      boolean right = Integer.toString(response.status()).equals(s.part("status")) && (!s.has("error") || error.equals(s.part("error")));
      Words.check(right, "the answer was " + response.status() + " " + error + " " + s.stage().document());
    });
  }
}
