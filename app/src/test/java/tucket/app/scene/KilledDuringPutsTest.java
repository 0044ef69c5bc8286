// A server is killed in the middle of PUTs: what was answered is there, and nothing is there by half.
package tucket.app.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.client.Account;
import tucket.client.xcap.XdmClient;
import tucket.protocol.xcap.XmlTree;
import tucket.transport.Unavailable;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class KilledDuringPutsTest {
  private static final List<String> PEOPLE = List.of("alice", "bob", "carol");
  private static final String BY_PARTS = "carol"; // changes an attribute of her document, the others write theirs whole
  private static final int FILLING = 20_000; // so that a document is more than one page or piece of anything

  @Test
  void everyAnsweredPutIsThereAndNoHalfDocument(@TempDir Path data) {
    List<String> settings = List.of("domain=tucket.example", "data=\"" + data + "\"", "sip.listen=[\"tcp:127.0.0.1:0\"]", "http.listen=\"127.0.0.1:0\"",
        "xdms.listen=\"127.0.0.1:0\"", "storage.engine=rocksdb", "lab.users=true", "log.level=error");
    Map<String, Integer> answered = new ConcurrentHashMap<>();
    try (SystemWorld system = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT))) {
      SceneServer first = new SceneServer.OwnProcess(settings);
      List<Thread> writers = new ArrayList<>();
      try {
        for (String person : PEOPLE) {
          XdmClient xdm = client(person, first.xcap(), system);
          writers.add(Thread.ofVirtual().start(() -> write(xdm, person, answered)));
        }
        Awaitility.await().atMost(120, TimeUnit.SECONDS).until(() -> PEOPLE.stream().allMatch(p -> answered.getOrDefault(p, 0) >= 20));
      } finally {
        first.kill();
      }
      writers.forEach(KilledDuringPutsTest::join);
      try (SceneServer second = new SceneServer.OwnProcess(settings)) {
        for (String person : PEOPLE) {
          try (XdmClient xdm = client(person, second.xcap(), system)) {
            byte[] document = xdm.get(xdm.own("resource-lists", "index")).orElseThrow().body();
            XmlTree tree = XmlTree.parse(new String(document, StandardCharsets.UTF_8));
            int number = Integer.parseInt(tree.root().children("list").getFirst().value("name").orElseThrow());
            int last = answered.getOrDefault(person, 0);
            assertThat(number).as("what was answered last, or the one that was under way").isBetween(last, last + 1);
            assertThat(document.length).isGreaterThan(FILLING);
          }
        }
      }
    }
  }

  private static XdmClient client(String person, String root, SystemWorld system) {
    Account account = Account.of("sip:" + person + "@tucket.example", person, person + "-lab");
    return new XdmClient(account, URI.create(root), Optional.empty(), system.world().chance());
  }

  private static void write(XdmClient xdm, String person, Map<String, Integer> answered) {
    try (xdm) {
      for (int i = 1; ; i++) {
        String path = xdm.own("resource-lists", "index");
        if (i > 1 && person.equals(BY_PARTS)) {
          xdm.put(path + "/~~/resource-lists/list%5B1%5D/@name", "application/xcap-att+xml", bytes("\"" + i + "\""), Optional.empty());
        } else {
          String lists = "<list name=\"" + i + "\">" + " ".repeat(FILLING) + "</list>";
          byte[] document = bytes("<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">" + lists + "</resource-lists>");
          xdm.put(path, "application/resource-lists+xml", document, Optional.empty());
        }
        answered.put(person, i);
      }
    } catch (Unavailable killed) {
      // as was to come
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
