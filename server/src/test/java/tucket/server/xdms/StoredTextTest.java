// Long documents lie in pieces: what is written, what is left, and what an earlier build has left.
package tucket.server.xdms;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tucket.protocol.xcap.NodeSelector;
import tucket.protocol.xcap.XcapEdit;
import tucket.protocol.xcap.XmlTree;
import tucket.server.Schema;
import tucket.server.reference.XdmAddress;
import tucket.store.Engine;
import tucket.store.Entry;
import tucket.store.Key;
import tucket.store.MemoryEngine;
import tucket.store.Partition;
import tucket.store.RocksEngine;
import tucket.store.RocksSettings;
import tucket.store.Transaction;
import tucket.store.View;
import tucket.transport.World;
import tucket.transport.net.NetworkSettings;
import tucket.transport.net.SystemWorld;
import tucket.transport.net.TlsMaterial;
import tucket.transport.net.TlsSettings;

class StoredTextTest {
  private static final XdmAddress ADDRESS = new XdmAddress("resource-lists", XdmLab.JOE, "index");
  private static final Partition JOE = Partition.of(Schema.USER, XdmLab.JOE);
  private static final Key CONTENT = Key.of(Schema.CONTENT).text("resource-lists").text("index");
  private static final XcapEdit EDIT = new XcapEdit("");

  private interface Use {
    void with(World world);
  }

  private static void inTheWorld(Use use) {
    try (SystemWorld system = new SystemWorld(NetworkSettings.DEFAULT.withLoops(1), TlsMaterial.load(TlsSettings.CLIENT))) {
      use.with(system.world());
    }
  }

  private static Documents documents(World world, Engine engine) {
    return new Documents(engine, world, XdmsSettings.of("http://xcap.example.com"));
  }

  private static XmlTree list(int entries) {
    StringBuilder out = new StringBuilder("<r>");
    for (int i = 0; i < entries; i++) {
      out.append("<e u=\"u").append(i).append("\">\u20ac ").append(i).append("</e>\n");
    }
    return XmlTree.parse(out.append("</r>").toString());
  }

  private static XmlTree put(XmlTree tree, String user, String text) {
    String element = "<e u=\"" + user + "\">" + text + "</e>";
    NodeSelector selector = NodeSelector.parse("r/e[@u=\"" + user + "\"]", Map.of());
    return ((XcapEdit.Result.Edited) EDIT.put(tree, selector, element.getBytes(StandardCharsets.UTF_8))).tree();
  }

  private static List<Entry> content(Engine engine) {
    return engine.read(JOE, view -> view.scan(CONTENT.bytes(), CONTENT.end(), 10_000));
  }

  private static String text(Documents documents) {
    return new String(documents.read(ADDRESS).orElseThrow().content(), StandardCharsets.UTF_8);
  }

  @Test
  void anEditOfALongDocumentWritesLittle() {
    inTheWorld(world -> {
      Counting engine = new Counting();
      Documents documents = documents(world, engine);
      XmlTree tree = list(20_000);
      assertThat(documents.write(ADDRESS, Optional.empty(), tree)).isInstanceOf(Documents.Written.Done.class);
      assertThat(engine.written).isGreaterThan(500_000);
      engine.written = 0;
      XmlTree after = put(tree, "u777", "another");
      assertThat(documents.edit(ADDRESS, documents.open(ADDRESS).orElseThrow(), after)).isInstanceOf(Documents.Written.Done.class);
      assertThat(engine.written).isLessThan(40_000);
      assertThat(text(documents(world, engine))).as("as it lies there").isEqualTo(after.text());
    });
  }

  @Test
  void whatIsEditedAgainAndAgainIsReadBackAsItIsAndLeavesNothingBehind(@TempDir Path folder) {
    inTheWorld(world -> {
      try (Engine engine = new RocksEngine(folder, RocksSettings.DEFAULT)) {
        Documents documents = documents(world, engine);
        XmlTree tree = list(2000);
        documents.write(ADDRESS, Optional.empty(), tree);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200; i++) {
          documents = i % 20 == 0 ? documents(world, engine) : documents; // one that has nothing at hand yet
          Documents.Version before = documents.open(ADDRESS).orElseThrow();
          XmlTree after = put(before.tree(), "u" + random.nextInt(3000), "x".repeat(random.nextInt(2000)));
          assertThat(documents.edit(ADDRESS, before, after)).isInstanceOf(Documents.Written.Done.class);
          assertThat(documents.edit(ADDRESS, before, after)).as("made from what is not there any more").isInstanceOf(Documents.Written.Changed.class);
          tree = after;
        }
        assertThat(text(documents)).isEqualTo(tree.text());
        assertThat(content(engine)).hasSize(1 + tree.pieces().pieces().size());
      }
      try (Engine engine = new RocksEngine(folder, RocksSettings.DEFAULT)) {
        Documents documents = documents(world, engine);
        Documents.Version last = documents.open(ADDRESS).orElseThrow();
        assertThat(text(documents(world, engine))).isEqualTo(last.tree().text()).isEqualTo(XmlTree.parse(last.tree().text()).text());
        documents.write(ADDRESS, Optional.of(last.etag()), list(3));
        assertThat(content(engine)).as("a short one is one value").hasSize(1);
        assertThat(text(documents(world, engine))).isEqualTo(list(3).text());
        documents.write(ADDRESS, documents.look(ADDRESS).map(Documents.Meta::etag), list(2000));
        assertThat(text(documents(world, engine))).isEqualTo(list(2000).text());
        assertThat(documents.remove(ADDRESS, documents.look(ADDRESS).orElseThrow().etag())).isTrue();
        List<Entry> left = engine.read(JOE, view -> view.scan(new byte[0], new byte[0], 10));
        assertThat(left).isEmpty();
      }
    });
  }

  @Test
  void aDocumentOfAnEarlierBuildIsReadAndEdited() {
    inTheWorld(world -> {
      try (Engine engine = new MemoryEngine()) {
        String text = list(5000).text();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        engine.write(JOE, transaction -> {
          Key meta = Key.of(Schema.DOCUMENT).text("resource-lists").text("index");
          transaction.put(meta.bytes(), ("1 abc 1763800000000 " + bytes.length).getBytes(StandardCharsets.US_ASCII));
          transaction.put(CONTENT.bytes(), bytes);
          return true;
        });
        Documents documents = documents(world, engine);
        assertThat(text(documents)).isEqualTo(text);
        Documents.Version before = documents.open(ADDRESS).orElseThrow();
        assertThat(before.etag()).isEqualTo("abc");
        XmlTree after = put(before.tree(), "u9", "nine");
        documents.edit(ADDRESS, before, after);
        assertThat(text(documents(world, engine))).isEqualTo(after.text());
        assertThat(content(engine)).hasSize(1 + after.pieces().pieces().size());
      }
    });
  }

  /// Counts the bytes that transactions put.
  private static final class Counting implements Engine {
    private final Engine engine = new MemoryEngine();
    private long written;

    @Override
    public <T> T read(Partition of, Function<View, T> body) {
      return engine.read(of, body);
    }

    @Override
    public <T> T write(Partition of, Function<Transaction, T> body) {
      List<Integer> sizes = new ArrayList<>();
      T result = engine.write(of, transaction -> {
        sizes.clear();
        return body.apply(new Weighed(transaction, sizes));
      });
      written += sizes.stream().mapToInt(Integer::intValue).sum();
      return result;
    }

    @Override
    public Iterable<Partition> partitions(tucket.store.Kind kind) {
      return engine.partitions(kind);
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  private record Weighed(Transaction to, List<Integer> sizes) implements Transaction {
    @Override
    public Optional<byte[]> get(byte[] key) {
      return to.get(key);
    }

    @Override
    public void scan(byte[] from, byte[] end, Visitor visitor) {
      to.scan(from, end, visitor);
    }

    @Override
    public void scanDown(byte[] from, byte[] end, Visitor visitor) {
      to.scanDown(from, end, visitor);
    }

    @Override
    public void put(byte[] key, byte[] value) {
      sizes.add(key.length + value.length);
      to.put(key, value);
    }

    @Override
    public void delete(byte[] key) {
      sizes.add(key.length);
      to.delete(key);
    }

    @Override
    public void deleteRange(byte[] from, byte[] end) {
      to.deleteRange(from, end);
    }
  }
}
