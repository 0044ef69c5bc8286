// Keeps the walks of ARCHITECTURE.md true: every name in them exists, and the first two are what the stack really looks like.
package tucket.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tucket.app.assembly.Assembly;
import tucket.app.assembly.LabUsers;
import tucket.app.config.ConfigFile;
import tucket.client.Account;
import tucket.client.ClientSettings;
import tucket.client.ImClient;
import tucket.client.Outgoing;
import tucket.client.Sent;
import tucket.protocol.sip.SipUri;
import tucket.transport.Clock;
import tucket.transport.Protocol;
import tucket.transport.World;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class WalkTest {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern STEP = Pattern.compile("(core|[A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?");
  /// What the walks call the Core, seen from the functions.
  private static final Map<String, String> SPOKEN = Map.of("core", "Im2ServerCore");
  private static final String DOMAIN = "tucket.example";

  // ---- the names

  @Test
  void everyClassAndMethodThatTheWalksNameExists() throws ReflectiveOperationException {
    Map<String, List<String>> classes = classes();
    List<String> wrong = new ArrayList<>();
    int steps = 0;
    Matcher code = CODE.matcher(walks());
    while (code.find()) {
      Matcher step = STEP.matcher(code.group(1));
      if (step.matches()) {
        steps++;
        List<String> candidates = classes.getOrDefault(SPOKEN.getOrDefault(step.group(1), step.group(1)), List.of());
        if (candidates.isEmpty() || step.group(2) != null && !anyHas(candidates, step.group(2))) {
          wrong.add(code.group(1));
        }
      }
    }
    assertThat(wrong).as("named in the walks of ARCHITECTURE.md, and not there").isEmpty();
    assertThat(steps).isGreaterThan(20);
  }

  private static String walks() {
    String all = ProjectFiles.text(ProjectFiles.root().resolve("ARCHITECTURE.md"));
    int from = all.indexOf("## Walks");
    int to = all.indexOf("\n## ", from + 1);
    return all.substring(from, to < 0 ? all.length() : to);
  }

  /// Full names by simple name.
  private static Map<String, List<String>> classes() {
    Map<String, List<String>> found = new ConcurrentHashMap<>();
    for (String module : ProjectFiles.MODULES) {
      for (String output : List.of("target/classes", "target/test-classes")) {
        Path folder = ProjectFiles.root().resolve(module).resolve(output);
        for (Path file : ProjectFiles.under(folder, ".class")) {
          String name = folder.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
          found.computeIfAbsent(name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1), n -> new ArrayList<>()).add(name);
        }
      }
    }
    return found;
  }

  private static boolean anyHas(List<String> names, String member) throws ReflectiveOperationException {
    for (String name : names) {
      Class<?> c = Class.forName(name, false, WalkTest.class.getClassLoader());
      boolean method = Arrays.stream(c.getDeclaredMethods()).anyMatch(m -> m.getName().equals(member));
      if (method || Arrays.stream(c.getDeclaredFields()).anyMatch(f -> f.getName().equals(member))) {
        return true;
      }
    }
    return false;
  }

  // ---- the stack

  /// The real clock, which remembers who asks it for the time: the classes and methods below it, outermost first.
  private record Tapped(Clock real, Set<List<String>> stacks) implements Clock {
    @Override
    public long nanos() {
      remember();
      return real.nanos();
    }

    @Override
    public Instant now() {
      remember();
      return real.now();
    }

    private void remember() {
      stacks.add(StackWalker.getInstance().walk(Tapped::names).reversed());
    }

    private static List<String> names(Stream<StackWalker.StackFrame> frames) {
      return frames.filter(f -> f.getClassName().startsWith("tucket.server.")).map(f -> {
        String outer = f.getClassName().replaceAll("\\$.*", "");
        return outer.substring(outer.lastIndexOf('.') + 1) + "." + f.getMethodName().replaceAll("^lambda\\$(\\w+)\\$\\d+$", "$1");
      }).toList();
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
      return real.after(delay, task);
    }

    @Override
    public void sleep(Duration pause) {
      real.sleep(pause);
    }
  }

  private static boolean walked(Set<List<String>> stacks, String... steps) {
    return stacks.stream().anyMatch(stack -> {
      int next = 0;
      for (String frame : stack) {
        if (next < steps.length && frame.equals(steps[next])) {
          next++;
        }
      }
      return next == steps.length;
    });
  }

  private static void awaitWalk(Set<List<String>> stacks, String... steps) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(walked(stacks, steps))
        .as("%s in one of%n%s", List.of(steps), String.join("\n", stacks.stream().map(s -> String.join(" > ", s)).sorted().toList())).isTrue());
  }

  @Test
  void theStackOfAMessageIsTheWalkOfTheMessage() {
    Set<List<String>> stacks = ConcurrentHashMap.newKeySet();
    SystemWorld outside = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT));
    List<String> settings = List.of("sip.listen=[\"tcp:127.0.0.1:0\"]", "msrp.listen=[]", "http.listen=\"\"", "storage.engine=memory", "lab.users=true",
        "log.level=error");
    try (Assembly server = Assembly.start(ConfigFile.read(Optional.empty(), settings),
            real -> new World(new Tapped(real.clock(), stacks), real.network(), real.chance(), real.threads()));
        ImClient alice = client(outside, server, "alice");
        ImClient bob = client(outside, server, "bob")) {
      alice.register();
      assertThat(send(alice).status()).isEqualTo(202);
      assertThat(walked(stacks, "SipListener.receive", "SipIpCore.handle", "ImServer.handle", "PagerMode.originate", "SipIpCore.send",
          "ImServer.handle", "PagerMode.terminate", "DeferredMessagingFunction.store", "DeferredQueue.append"))
          .as(String.join("\n", stacks.stream().map(s -> String.join(" > ", s)).sorted().toList())).isTrue();
      stacks.clear();
      bob.register();
      awaitWalk(stacks, "SipListener.receive", "SipIpCore.handle", "Registrar.register");
      awaitWalk(stacks, "SipListener.receive", "SipIpCore.answered");
      awaitWalk(stacks, "Push.registered", "Push.wake");
      awaitWalk(stacks, "Push.run", "SipIpCore.deliver", "Fork.deliver");
      awaitWalk(stacks, "Push.commit", "DeferredQueue.settle");
      await().atMost(Duration.ofSeconds(30)).until(() -> send(alice).status() == 200); // the queue is empty
      awaitWalk(stacks, "SipListener.receive", "SipIpCore.handle", "ImServer.handle", "PagerMode.originate", "SipIpCore.send", "ImServer.handle",
          "PagerMode.terminate", "SipIpCore.deliver", "Fork.deliver");
    } finally {
      outside.close();
    }
  }

  private static ImClient client(SystemWorld outside, Assembly server, String name) {
    Account account = new Account(SipUri.of(name, DOMAIN), name, LabUsers.passwordOf(name).orElseThrow());
    return new ImClient(outside.world(),
        ClientSettings.of(account, server.listening().stream().filter(e -> e.protocol() == Protocol.TCP).findFirst().orElseThrow()).withConfirm(false));
  }

  private static Sent send(ImClient from) {
    return from.pager().send(SipUri.of("bob", DOMAIN), Outgoing.text("Hello"));
  }
}
