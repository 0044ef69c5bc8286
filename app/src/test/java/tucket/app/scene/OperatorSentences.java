// Sentences about the server and its operator.
package tucket.app.scene;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tucket.app.admin.Administration;

/// The operator acts through the admin API.
final class OperatorSentences {
  private static final String SERVER = "the server(?: of (?<domain>\\S+))? ";
  private static final String PERSON = "(?<who>\\w+(?:@[\\w.-]+)?)";

  private OperatorSentences() {}

  static void tell(Steps steps) {
    lives(steps);
    steps.on("nothing waits for " + PERSON, s -> waits(s, 0));
    steps.on("(?<count>\\d+) (?:messages?|notifications?|items?) waits? for " + PERSON, s -> waits(s, s.number("count")));
    steps.on("(?<count>no|\\d+) (?:messages?|notifications?|items?) waits? for " + PERSON + " at (?<domain>\\S+)", s -> {
      Site site = s.stage().site(s.part("domain"));
      int wanted = s.part("count").equals("no") ? 0 : s.number("count");
      String who = Stage.address(s.part("who")).toString();
      s.stage().until(() -> site.ask(a -> a.queue(who)).size() == wanted, () -> site.ask(a -> a.queue(who)).size() + " wait there");
    });
    steps.on("the operator sends TEXT to (?<to>[\\w, ]+)", s -> {
      List<String> to = s.part("to").equals("all") ? List.of() : words(s.part("to"));
      s.stage().said(s.part("text"), s.stage().site("").ask(a -> a.announce(to, "text/plain;charset=utf-8", s.part("text"))).messageId());
    });
    steps.on("the operator adds " + PERSON + "(?: with (?<alias>[+\\w:@.]+))?", s ->
        home(s).ask(a -> a.add(s.part("who"), s.part("who") + "-lab", "", s.has("alias") ? List.of(s.part("alias")) : List.of())));
    steps.on("the operator removes " + PERSON, s -> home(s).ask(a -> {
      a.remove(s.part("who"));
      return true;
    }));
    steps.on("the operator (?<what>bars|admits) " + PERSON, s ->
        change(s, new Administration.Changes(null, null, null, null, s.part("what").equals("admits"), null)));
    steps.on("the operator (?<what>disables|enables) " + PERSON, s ->
        change(s, new Administration.Changes(null, null, null, s.part("what").equals("enables"), null, null)));
    steps.on("the operator sets (?<name>\\S+) of " + PERSON + " to (?<value>\\S+)", s ->
        change(s, new Administration.Changes(null, null, null, null, null, Map.of(s.part("name"), s.part("value")))));
    steps.on("the operator deletes what waits for " + PERSON, s -> home(s).ask(a -> a.delete(s.part("who"), "")));
    steps.on("the trace of TEXT has (?<what>[a-z_, ]+)", s -> {
      String id = s.stage().idOf(s.part("text"));
      s.stage().until(() -> trace(s, id).containsAll(words(s.part("what"))), () -> "the trace has " + trace(s, id));
    });
  }

  private static void lives(Steps steps) {
    steps.on(SERVER + "restarts", s -> {
      s.stage().site(s.part("domain")).stop();
      s.stage().site(s.part("domain")).start();
    });
    steps.on(SERVER + "is killed and starts again", s -> {
      s.stage().site(s.part("domain")).kill();
      s.stage().site(s.part("domain")).start();
    });
    steps.on(SERVER + "is killed", s -> s.stage().site(s.part("domain")).kill());
    steps.on(SERVER + "stops", s -> s.stage().site(s.part("domain")).stop());
    steps.on(SERVER + "starts", s -> s.stage().site(s.part("domain")).start());
    steps.on(SERVER + "begins to stop", s -> {
      Site site = s.stage().site(s.part("domain"));
      site.beginToStop();
      s.stage().until(() -> turnsAway(site, s.stage().token()), () -> "it still takes requests");
    });
    steps.on(SERVER + "has stopped", s -> s.stage().site(s.part("domain")).hasStopped());
  }

  private static boolean turnsAway(Site site, String token) {
    Block ping = new Block();
    ping.add("| OPTIONS sip:tucket.example");
    return RawSip.exchange("udp", site.at("udp", false).address(), RawSip.completed(ping, "udp"), token).filter(a -> a.status() == 503).isPresent();
  }

  private static Site home(Steps.Said s) {
    return s.stage().home(s.part("who"));
  }

  private static List<String> words(String text) {
    return Stream.of(text.split("[, ]+")).toList();
  }

  private static List<String> trace(Steps.Said s, String id) {
    return s.stage().site("").ask(a -> a.trace(id).stream().map(Administration.Happened::what).toList());
  }

  private static void change(Steps.Said s, Administration.Changes changes) {
    home(s).ask(a -> a.change(s.part("who"), changes));
  }

  private static void waits(Steps.Said s, int wanted) {
    String who = s.part("who");
    s.stage().until(() -> size(s, who) == wanted, () -> size(s, who) + " wait for " + who);
  }

  private static int size(Steps.Said s, String who) {
    return home(s).ask(a -> a.queue(who)).size();
  }
}
