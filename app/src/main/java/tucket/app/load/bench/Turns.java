// A B A B: so that what else happens on the machine meets both sides.
package tucket.app.load.bench;

import java.util.List;

final class Turns {
  private Turns() {}

  /// Plays the rounds of all sides in turns.
  static void play(Bench bench, String what, List<Contest> sides, long messages) {
    for (int round = 1; round <= bench.rounds(); round++) {
      for (Contest side : sides) {
        Sample sample = side.round(messages);
        bench.say(
            "%s, round %d: %s %.1f us of CPU a message, %.0f a second (generator %.1f us)", what, round, side.subject().name(),
            sample.cpuMicros(), sample.result().rate(), sample.ownMicros());
      }
    }
  }

  /// A row a side, the first one with its ratio to the second.
  static void report(Report report, String what, List<Contest> sides) {
    for (Contest side : sides) {
      String note = "";
      if (side == sides.getFirst() && sides.size() > 1) {
        Contest peer = sides.get(1);
        double cpu = Sample.middle(side.samples()).cpuMicros() / Sample.middle(peer.samples()).cpuMicros();
        double rate = Sample.rate(side.samples()) / Sample.rate(peer.samples());
        note = String.format("%.2f of the peer's CPU, %.1f times its rate", cpu, rate);
      }
      report.add(what, side.subject().name(), side.samples(), note);
    }
  }
}
