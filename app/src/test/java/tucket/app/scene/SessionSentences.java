// Sentences about sessions.
package tucket.app.scene;

import java.util.List;
import java.util.Optional;
import tucket.client.Outgoing;
import tucket.client.Refused;
import tucket.client.Sent;
import tucket.client.Session;
import tucket.protocol.msrp.MsrpUri;

/// A phone is in one session at most: the last one that it opened or was invited to.
final class SessionSentences {
  private SessionSentences() {}

  static void tell(Steps steps) {
    steps.on("WHO is an RCS-e terminal", s -> s.phone().becomesRcse());
    steps.on("WHO opens a session with (?<to>\\S+?)(?: saying TEXT)?(?: asking (?<asking>[a-z, ]+?))?STATUS", SessionSentences::opens);
    steps.on("WHO says TEXT(?: asking (?<asking>[a-z, ]+?))?STATUS", s -> {
      Sent sent = s.phone().session().send(Outgoing.text(s.part("text")).asking(Words.dispositions(s.part("asking"))));
      s.stage().said(s.part("text"), sent.messageId());
      check(s, sent.status());
    });
    steps.on("WHO shows TEXT in the sessionSTATUS", s ->
        check(s, s.phone().session().displayed(MessageSentences.message(s)).orElseThrow().status()));
    steps.on("the media of WHO goes to (?:the server of (?<domain>\\S+)|(?<peer>\\w+(?:@[\\w.-]+)?)'s phone)", s -> {
      int wanted = s.has("domain") ? s.stage().media(s.part("domain")) : s.stage().phone(s.part("peer"), "").session().local().portOrDefault();
      int found = s.phone().session().remote().orElseThrow().portOrDefault();
      Words.check(found == wanted, "it goes to port " + found + " and not to " + wanted);
    });
    steps.on("the media of WHO goes over (?<how>TLS|TCP)", s -> {
      Phone phone = s.phone();
      s.stage().until(() -> phone.isInSession() && phone.session().remote().isPresent(), () -> phone.name() + " has no media");
      boolean tls = s.phone().session().remote().orElseThrow().secure() && s.phone().session().local().secure();
      Words.check(tls == s.part("how").equals("TLS"), "it goes over " + (tls ? "TLS" : "TCP"));
    });
    steps.on("WHO insists on media over TLS", s -> s.phone().insistsOnTls());
    steps.on("WHO uses the relay", s -> s.phone().usesRelay(MsrpUri.of(false, "127.0.0.1", s.stage().media(Stage.DOMAIN), "")));
    steps.on("WHO is reached by way of the relay", s -> {
      Phone phone = s.phone();
      s.stage().until(phone::isInSession, () -> phone.name() + " is in no session");
      List<MsrpUri> path = phone.session().path();
      Words.check(path.size() == 2 && path.getFirst().port() == s.stage().media(Stage.DOMAIN), "the path is " + path);
    });
    steps.on("WHO ends the session", s -> s.phone().session().end());
    steps.on("WHO retrieves (?<ids>everything|\\S+(?:, \\S+)*) in a sessionSTATUS", SessionSentences::retrieves);
    steps.on("WHO is in (?<which>a|no) session", s -> {
      boolean wanted = s.part("which").equals("a");
      s.stage().until(() -> s.phone().isInSession() == wanted, () -> s.phone().name() + " is in " + (wanted ? "no" : "a") + " session");
    });
  }

  private static void opens(Steps.Said s) {
    Optional<Outgoing> first = s.has("text")
        ? Optional.of(Outgoing.text(s.part("text")).asking(Words.dispositions(s.part("asking"))).withMessageId(s.stage().token()))
        : Optional.empty();
    int got = 200;
    try {
      first.ifPresent(f -> s.stage().said(s.part("text"), f.messageId()));
      s.phone().joins(s.phone().client().sessions().invite(Stage.address(s.part("to")), first));
    } catch (Refused e) {
      got = e.status();
    }
    check(s, got);
  }

  /// Stays until the session has ended.
  private static void retrieves(Steps.Said s) {
    List<String> ids = s.part("ids").equals("everything") ? List.of() : List.of(s.part("ids").split(", "));
    int got = 200;
    try {
      Session session = s.phone().client().sessions().retrieve(ids);
      s.stage().until(() -> session.isOver(), () -> "the session did not end");
    } catch (Refused e) {
      got = e.status();
    }
    check(s, got);
  }

  private static void check(Steps.Said s, int status) {
    String wanted = s.has("status") ? s.part("status") : "200";
    Words.check(wanted.equals(String.valueOf(status)), "the answer was " + status);
  }
}
