// Many writers of one document at once: nobody's write is lost.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tucket.protocol.sip.AddressOfRecord;
import tucket.protocol.xcap.XmlTree;
import tucket.server.xdms.usage.Asker;
import tucket.transport.http.Request;
import tucket.transport.http.Response;

class RacesTest {
  private static final String PATH = "resource-lists/users/" + XdmLab.JOE + "/index";
  private static final Asker JOE = Asker.of(AddressOfRecord.of(XdmLab.JOE));

  @Test
  void ofTenThousandRacesWithIfMatchNoUpdateIsLost() throws Exception {
    try (XdmLab lab = new XdmLab(true)) {
      int wins = race(lab, 8, 1250, RacesTest::increment);
      assertThat(wins).isEqualTo(10_000);
      assertThat(number(ask(lab, "GET", PATH, Map.of(), ""))).isEqualTo(10_000);
    }
  }

  @Test
  void elementsThatAreAddedAtOnceAreAllThere() throws Exception {
    try (XdmLab lab = new XdmLab(true)) {
      AtomicInteger next = new AtomicInteger();
      race(lab, 8, 100, l -> {
        String uri = "sip:n" + next.incrementAndGet() + "@example.com";
        Response added = ask(l, "PUT", PATH + "/~~/resource-lists/list/entry[@uri=\"" + uri + "\"]",
            Map.of("content-type", List.of("application/xcap-el+xml")), "<entry uri=\"" + uri + "\"/>");
        return added.status() == 201;
      });
      XmlTree tree = XmlTree.parse(XdmLab.text(ask(lab, "GET", PATH, Map.of(), "")));
      assertThat(tree.root().children("list").getFirst().children("entry")).hasSize(800);
    }
  }

  /// Reads, adds one, writes under the condition that it is still what was read.
  private static boolean increment(XdmLab lab) {
    Response read = ask(lab, "GET", PATH, Map.of(), "");
    Response written = ask(lab, "PUT", PATH,
        Map.of("content-type", List.of("application/resource-lists+xml"), "if-match", List.of(XdmLab.etag(read))), document(number(read) + 1));
    assertThat(written.status()).isIn(200, 412);
    return written.status() == 200;
  }

  private interface Step {
    boolean wins(XdmLab lab);
  }

  /// Every writer goes on until it has won so many times; returns how often all have.
  private static int race(XdmLab lab, int writers, int each, Step step) throws InterruptedException {
    assertThat(ask(lab, "PUT", PATH, Map.of("content-type", List.of("application/resource-lists+xml")), document(0)).status()).isEqualTo(201);
    AtomicInteger wins = new AtomicInteger();
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      threads.add(Thread.ofVirtual().start(() -> {
        try {
          for (int mine = 0; mine < each; ) {
            if (step.wins(lab)) {
              mine++;
              wins.incrementAndGet();
            }
          }
        } catch (Throwable t) {
          failures.add(t);
        }
      }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    return wins.get();
  }

  private static String document(int number) {
    return "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"" + number + "\"/></resource-lists>";
  }

  private static int number(Response response) {
    return Integer.parseInt(XmlTree.parse(XdmLab.text(response)).root().children("list").getFirst().value("name").orElseThrow());
  }

  private static Response ask(XdmLab lab, String method, String path, Map<String, List<String>> headers, String body) {
    Request request = new Request(method, "/xcap/" + path, "", headers, body.getBytes(StandardCharsets.UTF_8),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), false, List.of());
    return lab.xdms.server().answer(request, path, JOE);
  }
}
