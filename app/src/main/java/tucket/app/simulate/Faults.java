// What users, operators and fate do, one thing at a time.
package tucket.app.simulate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Draws the next thing from the seed. Faults end by themselves after a while.
final class Faults {
  private final Simulation simulation;
  private final Random random;

  Faults(Simulation simulation) {
    this.simulation = simulation;
    this.random = simulation.random();
  }

  void next() {
    int drawn = random.nextInt(100);
    if (drawn < 50) {
      write();
    } else if (drawn < 78) {
      phone(random.nextInt(simulation.plan().sessions() == 0 ? 7 : 9));
    } else if (drawn < 81) {
      system();
    } else if (drawn < 86) {
      setting();
    } else if (drawn < 89) {
      delete(simulation.anyPhone());
    } else if (random.nextInt(3) <= simulation.plan().rough()) {
      fate(random.nextInt(8));
    } else {
      write();
    }
  }

  private void write() {
    Phone phone = simulation.anyPhone();
    List<String> others = new ArrayList<>(simulation.users());
    others.remove(phone.user());
    int messages = random.nextInt(6) == 0 ? 1 + random.nextInt(6) : 1;
    String to = others.get(random.nextInt(others.size()));
    for (int i = 0; i < messages; i++) {
      boolean large = simulation.plan().sessions() > 0 && random.nextInt(40) == 0; // in several chunks
      phone.write(to, large ? 10_000 + random.nextInt(15_000) : random.nextInt(5) == 0 ? random.nextInt(3000) : random.nextInt(100));
    }
  }

  private void system() {
    List<String> some = simulation.users().stream().filter(u -> random.nextInt(3) > 0).toList();
    if (!some.isEmpty()) {
      simulation.site().tell(some);
    }
  }

  private void setting() {
    Phone phone = simulation.anyPhone();
    if (random.nextBoolean()) {
      simulation.site().keep(phone.user(), random.nextInt(3) > 0);
    } else {
      phone.retrieve();
    }
  }

  private void delete(Phone phone) {
    List<String> waiting = simulation.site().watch().waiting(phone.user()).stream().map(r -> r.waiting().messageId()).toList();
    phone.delete(random.nextBoolean() ? List.of() : waiting.stream().filter(id -> random.nextInt(3) == 0).toList());
  }

  private void phone(int what) {
    Phone phone = simulation.anyPhone();
    switch (what) {
      case 0 -> {
        if (phone.machine().process().isPresent()) {
          phone.kill();
        } else {
          phone.start();
        }
      }
      case 1 -> phone.register(!phone.wanted());
      case 2 -> {
        phone.machine().dark(true);
        later(Duration.ofSeconds(random.nextInt(300)), () -> phone.machine().dark(false));
      }
      case 3 -> {
        if (phone.machine().process().isPresent()) {
          phone.kill();
          simulation.move(phone);
          phone.start();
        }
      }
      case 4 -> phone.life(Duration.ofSeconds(60 + random.nextInt(1200)));
      case 7, 8 -> session(phone);
      default -> {
        Phone.Mood[] moods = Phone.Mood.values();
        phone.mood(moods[random.nextInt(moods.length)]);
        later(Duration.ofSeconds(random.nextInt(120)), () -> phone.mood(Phone.Mood.WELL));
      }
    }
  }

  private void session(Phone phone) {
    int what = random.nextInt(4);
    if (what < 2) {
      phone.talks().forEach(what == 0 ? Talk::hangUp : Talk::drop);
    } else {
      simulation.network().cut(phone.machine(), what == 2);
    }
  }

  private void later(Duration span, Runnable healing) {
    simulation.simulator().after(span, healing);
  }

  private void fate(int what) {
    Site site = simulation.site();
    switch (what) {
      case 0, 1 -> {
        site.kill(random.nextBoolean());
        later(Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(60_000) : random.nextInt(3000)), () -> {
          if (site.machine().process().isEmpty()) {
            site.start();
          }
        });
      }
      case 2 -> {
        site.disk().full(true);
        later(Duration.ofMillis(random.nextInt(60_000)), () -> site.disk().full(false));
      }
      case 3 -> {
        site.disk().slow(true);
        later(Duration.ofMillis(random.nextInt(60_000)), () -> site.disk().slow(false));
      }
      case 4 -> site.machine().jump(Duration.ofSeconds(random.nextInt(4) == 0 ? random.nextInt(200_000) - 100_000 : random.nextInt(600) - 300));
      case 5 -> simulation.network().cut(site.machine(), random.nextBoolean());
      case 6 -> simulation.network().weather(simulation.plan().weather(random));
      default -> {
        site.machine().dark(true);
        later(Duration.ofMillis(random.nextInt(90_000)), () -> site.machine().dark(false));
      }
    }
  }
}
