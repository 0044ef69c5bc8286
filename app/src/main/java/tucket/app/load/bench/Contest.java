// The load on one server, in rounds.
package tucket.app.load.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tucket.app.command.Exit;
import tucket.app.command.Failure;
import tucket.app.load.Load;
import tucket.app.load.LoadPlan;
import tucket.app.load.LoadResult;
import tucket.transport.World;

/// Devices register once; then each [#round] is a run of its own whose CPU is counted.
final class Contest implements AutoCloseable {
  private static final Duration MOST = Duration.ofMinutes(3);

  private final Subject subject;
  private final Load load;
  private final List<Sample> samples = new ArrayList<>();
  private long acknowledged;

  Contest(World world, Subject subject, LoadPlan plan) {
    this.subject = subject;
    load = new Load(world, plan);
    load.connect();
    load.register();
  }

  /// Sends without counting, so that caches are warm and code is compiled.
  void warm(long messages) {
    load.run(messages, MOST);
    load.settle();
    acknowledged = load.result().acknowledged();
  }

  Sample round(long messages) {
    double before = subject.cpu();
    double own = Processes.own();
    load.run(messages, MOST);
    LoadResult result = load.result();
    double used = subject.cpu() - before;
    double ownUsed = Processes.own() - own;
    load.settle();
    check(result);
    long done = Math.max(1, result.acknowledged() - acknowledged);
    acknowledged = result.acknowledged();
    Sample sample = new Sample(new Round(result, done).result(), used * 1e6 / done, ownUsed * 1e6 / done);
    samples.add(sample);
    return sample;
  }

  /// The result of a load counts from its beginning: here only what this round has acknowledged.
  private record Round(LoadResult all, long acknowledged) {
    LoadResult result() {
      return new LoadResult(
          all.nanos(), acknowledged, java.util.Map.of(200, acknowledged), all.latency(), all.arrived(), all.lost(), all.waiting(),
          all.doubled(), all.disordered(), all.repeated(), 0, 0, 0, 0, all.cut());
    }
  }

  private void check(LoadResult result) {
    long failed = result.sent() - result.acknowledged();
    if (failed > result.sent() / 100) {
      throw new Failure(Exit.FAILED, subject.name() + " did not acknowledge " + failed + " of " + result.sent() + ": " + result.statuses());
    }
  }

  Load load() {
    return load;
  }

  Subject subject() {
    return subject;
  }

  List<Sample> samples() {
    return samples;
  }

  @Override
  public void close() {
    load.close();
  }
}
