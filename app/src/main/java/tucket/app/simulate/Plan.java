// What a seed makes of a run: who takes part, under which limits and in which weather.
package tucket.app.simulate;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.Random;
import tucket.server.Limits;
import tucket.server.im.settings.ImSettings;
import tucket.transport.simulated.Weather;

/// @param users how many users there are
/// @param devices how many devices each may have
/// @param life how long a message is kept
/// @param awaited whom a stored message waits for
/// @param limits the server's bounds
/// @param rough how much goes wrong, from 0 (little) to 2
/// @param sessions how many of a hundred phones have sessions; with 0 the server serves none
record Plan(int users, int devices, Duration life, ImSettings.AwaitedDevices awaited, Limits limits, int rough, int sessions) {
  /// `sessions` in place of what the seed says.
  static Plan of(Random random, OptionalInt sessions) {
    Duration life = random.nextInt(3) > 0 ? Duration.ofDays(30) : Duration.ofMinutes(30 + random.nextInt(600));
    ImSettings.AwaitedDevices awaited = random.nextInt(3) > 0 ? ImSettings.AwaitedDevices.KNOWN : ImSettings.AwaitedDevices.REGISTERED;
    int queue = random.nextInt(4) == 0 ? 5 + random.nextInt(20) : 10_000;
    int drawn = switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> 100;
      default -> 20 + random.nextInt(80);
    };
    return new Plan(2 + random.nextInt(3), 1 + random.nextInt(3), life, awaited, limits(queue), random.nextInt(3), sessions.orElse(drawn));
  }

  private static Limits limits(int queue) {
    Limits d = Limits.DEFAULT;
    return new Limits(d.messageBytes(), d.inflatedBytes(), queue, d.queueBytesPerUser(), d.devicesPerUser(), d.devicesRememberedPerUser(),
        d.registrationsTotal(), d.subscriptionsTotal(), d.subscriptionsPerUser(), d.aliasesPerUser(), d.requestsInFlightPerUser(),
        d.requestsPerSecondPerUser(), d.requestsInFlightTotal(), 1000, 1000, d.requestTimeout(), d.pushTimeout(), d.settle(),
        d.registrationMin(), d.registrationMax(), d.subscriptionMin(), d.subscriptionMax(), d.deviceRemembered());
  }

  /// Some weather.
  Weather weather(Random random) {
    if (random.nextInt(4) == 0) {
      return Weather.CLEAR;
    }
    double loss = random.nextDouble() * (rough == 0 ? 0.02 : rough == 1 ? 0.1 : 0.3);
    double duplication = random.nextDouble() * 0.1 * (rough + 1);
    Duration least = Duration.ofMillis(random.nextInt(50));
    return new Weather(loss, duplication, least, least.plusMillis(random.nextInt(rough == 2 ? 1500 : 200)));
  }
}
