// Sentences about phones: how they come and go, and how they answer.
package tucket.app.scene;

import java.time.Duration;
import java.util.List;
import tucket.client.ClientSettings;
import tucket.client.Refused;

/// Everything that a user does with his device as such.
final class PhoneSentences {
  private PhoneSentences() {}

  static void tell(Steps steps) {
    steps.on(
        "(?<who>\\w+(?:@[\\w.-]+)?) registers(?: on (?<device>\\w+))?(?: by (?<transport>udp|tcp|tls))?(?<six> over IPv6)?(?: for (?<life>\\d+)s)?"
            + "(?<plain> without IM)?(?<quiet> without confirming)?(?: with password TEXT)?STATUS",
        PhoneSentences::register);
    steps.on("WHO registers as soon as (?:s?he|it) may", s -> {
      Phone phone = s.phone();
      phone.off();
      phone.change(s.stage().settings(phone.owner, phone.device, s.stage().home(phone.owner).at("udp", false), ""));
      s.stage().until(() -> registered(phone), () -> "the registrar still refuses");
    });
    steps.on("WHO (?:returns|registers again)", s -> s.phone().client().register());
    steps.on("WHO unregisters", s -> {
      s.phone().settle();
      s.phone().client().unregister();
      s.phone().off();
    });
    steps.on("WHO vanishes", s -> {
      s.phone().settle();
      s.phone().off();
    });
    steps.on("the registration of WHO has run out", s -> s.stage().until(() -> isGone(s), () -> "it is still registered"));
    steps.on("WHO answers (?<status>\\d{3})(?<once> once)?", s -> s.phone().answers(s.number("status"), s.has("once")));
    steps.on("WHO answers nothing(?<once> once)?", s -> s.phone().answers(0, s.has("once")));
    steps.on("WHO leaves TEXT unanswered", s ->
        s.stage().until(() -> s.phone().unanswered.contains(s.part("text")), () -> s.phone().name() + " was not asked"));
    steps.on("WHO answers (?<status>\\d{3}) to the next invitation", s -> s.phone().refusesNextInvitation(s.number("status")));
    steps.on("WHO answers again", s -> s.phone().answers(200, false));
    steps.on("the answers of WHO (?<what>are lost|arrive again)", s -> s.phone().wire.loseAnswers(s.part("what").equals("are lost")));
    steps.on("WHO answers (?<status>\\d{3}) to TEXT", s -> s.phone().refuses(s.part("text"), s.number("status")));
  }

  private static void register(Steps.Said s) {
    Phone phone = s.phone();
    String transport = s.has("transport") ? s.part("transport") : "udp";
    ClientSettings settings =
        s.stage().settings(phone.owner, phone.device, s.stage().home(phone.owner).at(transport, s.has("six")), s.part("text"));
    settings = s.has("plain") ? settings.withFeatures(List.of()) : settings;
    settings = s.has("life") ? settings.withExpires(Duration.ofSeconds(s.number("life"))) : settings;
    phone.off();
    phone.change(settings.withConfirm(!s.has("quiet")));
    int got = 200;
    String reason = "OK";
    try {
      phone.client().register();
    } catch (Refused e) {
      got = e.status();
      reason = String.valueOf(e.getMessage());
    }
    boolean fits = got == (s.has("status") ? s.number("status") : 200) && reason.contains(s.part("reason"));
    Words.check(fits, "the registrar answered " + reason);
  }

  private static boolean registered(Phone phone) {
    try {
      phone.client().register();
      return true;
    } catch (Refused notYet) {
      return false;
    }
  }

  private static boolean isGone(Steps.Said s) {
    String instance = s.phone().settings().instance();
    String address = Stage.address(s.part("who")).toString();
    return s.stage().home(s.part("who")).ask(a -> a.registrations()).stream()
        .noneMatch(r -> r.registered() && r.user().equals(address) && r.device().equals(instance));
  }
}
