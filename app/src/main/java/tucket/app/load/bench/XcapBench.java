// Documents: how long it takes to read and write one, and how much a large one costs more than a small one.
package tucket.app.load.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import tucket.protocol.sip.AddressOfRecord;
import tucket.server.xdms.EmbeddedXdms;
import tucket.server.xdms.XdmsSettings;
import tucket.server.xdms.usage.Asker;
import tucket.store.Engine;
import tucket.store.RocksEngine;
import tucket.store.RocksSettings;
import tucket.transport.http.Request;
import tucket.transport.http.Response;

/// The XCAP server of this process on RocksDB, one request after the other and without HTTP: what is measured is XCAP itself and the disk.
final class XcapBench {
  private static final AddressOfRecord USER = new AddressOfRecord("sip:anna@tucket.example");
  private static final Asker ASKER = Asker.of(USER);
  private static final int LARGE = 10_000;
  private static final int SMALL = 10;

  private final Bench bench;
  private final Report report;
  private final EmbeddedXdms xdms;

  private XcapBench(Bench bench, Report report, EmbeddedXdms xdms) {
    this.bench = bench;
    this.report = report;
    this.xdms = xdms;
  }

  static void run(Bench bench, Report report) {
    Path folder = bench.sub("xcap");
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("can't make " + folder, e);
    }
    try (Engine engine = new RocksEngine(folder, RocksSettings.DEFAULT)) {
      new XcapBench(bench, report, new EmbeddedXdms(bench.world(), engine, XdmsSettings.of("http://tucket.example/xcap"), Optional::of)).all();
    }
  }

  private void all() {
    for (int entries : new int[] {SMALL, LARGE}) {
      String path = "resource-lists/users/" + USER + "/list-" + entries;
      byte[] document = document(entries);
      String size = entries + " entries, " + document.length / 1024 + " KiB";
      String entry = path + "/~~/resource-lists/list/entry[@uri=\"sip:user" + entries / 2 + "@tucket.example\"]";
      measure("PUT document, " + size, i -> put(path, "application/resource-lists+xml", document));
      measure("GET document, " + size, i -> ask("GET", path, Map.of(), new byte[0]));
      measure("GET element, " + size, i -> ask("GET", entry, Map.of(), new byte[0]));
      measure("PUT element, " + size, i -> {
        String body = "<entry uri=\"sip:user" + entries / 2 + "@tucket.example\"><display-name>" + i + "</display-name></entry>";
        return put(entry, "application/xcap-el+xml", body.getBytes(StandardCharsets.UTF_8));
      });
      byte[] newcomer = "<entry uri=\"sip:newcomer@tucket.example\"/>".getBytes(StandardCharsets.UTF_8);
      String place = path + "/~~/resource-lists/list/entry[@uri=\"sip:newcomer@tucket.example\"]";
      measure("PUT new element and DELETE it, " + size, i -> {
        put(place, "application/xcap-el+xml", newcomer);
        return ask("DELETE", place, Map.of(), new byte[0]);
      });
    }
  }

  private void measure(String what, IntFunction<Response> request) {
    int rounds = Math.clamp(bench.messages() / 20, 50, 1000);
    long[] nanos = new long[rounds];
    for (int i = -rounds / 2; i < rounds; i++) { // the first third warms up
      long start = bench.world().clock().nanos();
      int status = request.apply(i).status();
      if (status != 200 && status != 201) {
        throw new IllegalStateException(what + " was answered " + status);
      }
      if (i >= 0) {
        nanos[i] = bench.world().clock().nanos() - start;
      }
    }
    Arrays.sort(nanos);
    String figure = String.format("%.0f us in the middle, %.0f us for 99 of 100", nanos[rounds / 2] / 1e3, nanos[rounds * 99 / 100] / 1e3);
    bench.say("%s: %s", what, figure);
    report.add(what, "tucket", figure);
  }

  private Response put(String path, String type, byte[] body) {
    return ask("PUT", path, Map.of("content-type", List.of(type)), body);
  }

  private Response ask(String method, String path, Map<String, List<String>> headers, byte[] body) {
    InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return xdms.server().answer(new Request(method, "/xcap/" + path, "", headers, body, here, false, List.of()), path, ASKER);
  }

  private static byte[] document(int entries) {
    StringBuilder out = new StringBuilder("<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\"><list name=\"big\">");
    for (int i = 0; i < entries; i++) {
      out.append("<entry uri=\"sip:user").append(i).append("@tucket.example\"><display-name>User Number ").append(i).append("</display-name></entry>\n");
    }
    return out.append("</list></resource-lists>").toString().getBytes(StandardCharsets.UTF_8);
  }
}
