// What the policies cost a message.
package tucket.app.load.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tucket.protocol.mime.MediaType;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;
import tucket.server.Envelope;
import tucket.server.im.participating.Circumstances;
import tucket.server.im.participating.ServiceSettings;
import tucket.server.im.policy.Facts;
import tucket.server.im.policy.Policies;
import tucket.server.im.policy.Verdict;
import tucket.server.reference.Delivery;
import tucket.server.reference.Device;
import tucket.server.reference.Devices;
import tucket.server.reference.Im2ServerCore;
import tucket.server.reference.Im4SharedXdms;
import tucket.server.reference.Leg;
import tucket.server.reference.Presence;
import tucket.server.reference.XdmAddress;
import tucket.server.reference.XdmDocument;
import tucket.transport.Clock;
import tucket.transport.Deadline;
import tucket.transport.Pending;

/// Gathering the facts and judging one message to a user with a block list of 1000 entries, half of them in a list that a rule refers to: the whole
/// path that a message takes through the policies at its recipient's server, on one thread.
final class PolicyBench {
  private static final int ENTRIES = 1000;
  private static final int CHECKS = 200_000;
  private static final AddressOfRecord BOB = AddressOfRecord.of("sip:bob@im.example");

  private PolicyBench() {}

  static void run(Bench bench, Report report) {
    Clock clock = bench.world().clock();
    try (Circumstances circumstances = new Circumstances(new Everybody(), clock, new Circumstances.Sources(ServiceSettings.none(), Presence.none(),
        Optional.of(new BlockList()), user -> user, List::of))) {
      Policies policies = Policies.standard(1 << 16, List.of());
      measure(bench, report, "policy check, sender not in the block list", circumstances, policies, message("sip:alice@im.example", clock), false);
      measure(bench, report, "policy check, sender blocked by name", circumstances, policies, message("sip:u1@im.example", clock), true);
      measure(bench, report, "policy check, sender blocked by a list", circumstances, policies, message("sip:u999@im.example", clock), true);
    }
  }

  private static void measure(Bench bench, Report report, String what, Circumstances circumstances, Policies policies, Envelope message, boolean refused) {
    Clock clock = bench.world().clock();
    List<Double> micros = new ArrayList<>();
    for (int round = 0; round < bench.rounds() + 3; round++) {
      long begin = clock.nanos();
      int refusals = 0;
      for (int i = 0; i < CHECKS; i++) {
        Facts facts = circumstances.of(Leg.TERMINATING, Facts.Mode.PAGER, BOB, message);
        refusals += policies.judge(message, facts) instanceof Verdict.Refuse ? 1 : 0;
      }
      double each = (clock.nanos() - begin) / 1000.0 / CHECKS;
      if (refusals != (refused ? CHECKS : 0)) {
        throw new IllegalStateException(refusals + " of " + CHECKS + " were refused");
      }
      if (round >= 3) { // the first rounds warm up
        micros.add(each);
        bench.say("%s: %.2f us", what, each);
      }
    }
    Collections.sort(micros);
    report.add(what, "Tucket", String.format("%.2f us in the middle of %d rounds of %d, %.2f to %.2f us; a block list of %d entries",
        micros.get(micros.size() / 2), micros.size(), CHECKS, micros.getFirst(), micros.getLast(), ENTRIES));
  }

  private static Envelope message(String from, Clock clock) {
    return new Envelope(Envelope.Kind.MESSAGE, "m1", AddressOfRecord.of(from), BOB, clock.now(), clock.now().plus(Duration.ofDays(1)), Set.of(),
        MediaType.TEXT_PLAIN, "", List.of(), "hello".getBytes(StandardCharsets.UTF_8));
  }

  /// A user's documents.
  private static final class BlockList implements Im4SharedXdms {
    @Override
    public Optional<XdmDocument> document(XdmAddress address) {
      String xml = switch (address.auid()) {
        case "org.openmobilealliance.access-rules" -> """
            <ruleset xmlns="urn:ietf:params:xml:ns:common-policy"><rule id="a"><conditions><identity>%s</identity></conditions>
            <actions><allow-reject-invite>true</allow-reject-invite></actions></rule><rule id="b"><conditions><external-list>
            <entry anc="/resource-lists/users/sip:bob@im.example/index/~~/resource-lists/list%%5B@name=%%22oma_blockedcontacts%%22%%5D"/>
            </external-list></conditions><actions><allow-reject-invite>true</allow-reject-invite></actions></rule></ruleset>"""
            .formatted(entries(0, ENTRIES / 2, "<one id=\"sip:u%d@im.example\"/>"));
        case "resource-lists" -> "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"oma_blockedcontacts\">"
            + entries(ENTRIES / 2, ENTRIES, "<entry uri=\"sip:u%d@im.example\"/>") + "</list></resource-lists>";
        default -> "";
      };
      return xml.isEmpty() ? Optional.empty() : Optional.of(new XdmDocument(address, "t", xml.getBytes(StandardCharsets.UTF_8)));
    }

    private static String entries(int from, int to, String form) {
      return IntStream.range(from, to).mapToObj(form::formatted).collect(Collectors.joining());
    }

    @Override
    public Watch watch(Predicate<XdmAddress> which, Consumer<XdmAddress> changed) {
      return () -> {};
    }

    @Override
    public Optional<XdmAddress> giving(AddressOfRecord uri) {
      return Optional.empty();
    }

    @Override
    public List<Found> named(String displayName, int most) {
      return List.of();
    }
  }

  /// A core of which only the service profile is asked.
  private static final class Everybody implements Im2ServerCore {
    @Override
    public boolean mayUseIm(AddressOfRecord user) {
      return true;
    }

    @Override
    public Pending<SipResponse> send(SipRequest request, Deadline by) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Pending<Delivery> deliver(AddressOfRecord user, SipRequest request, Devices to, Deadline by) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Device> devices(AddressOfRecord user) {
      return List.of();
    }

    @Override
    public Iterable<AddressOfRecord> users() {
      return List.of();
    }
  }
}
