// The view or transaction that a body is handed: checks keys, limits, thread and lifetime.
package tucket.store;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Guards a [Source] while a body uses it. With a layer it is a transaction whose writes go there; without one it only reads. For the
/// thread that made it, until `close`.
final class Access implements Transaction, AutoCloseable {
  private final Source source;
  private final @Nullable Layer layer;
  private final Thread owner = Thread.currentThread();
  private boolean over;

  private Access(Source source, @Nullable Layer layer) {
    this.source = source;
    this.layer = layer;
  }

  static Access toRead(Source source) {
    return new Access(source, null);
  }

  /// A transaction: reads see the layer over the source, writes go to the layer.
  static Access toWrite(Source source, Layer layer) {
    return new Access(layer.over(source), layer);
  }

  @Override
  public Optional<byte[]> get(byte[] key) {
    check(key);
    return Optional.ofNullable(source.get(key));
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    visit(from, to, false, visitor);
  }

  @Override
  public void scanDown(byte[] from, byte[] to, Visitor visitor) {
    visit(from, to, true, visitor);
  }

  private void visit(byte[] from, byte[] to, boolean down, Visitor visitor) {
    checkOpen();
    checkLength(from);
    checkLength(to);
    if (Layer.isEmptyRange(from, to)) {
      return;
    }
    try (Source.Walk walk = source.walk(from, to, down)) {
      boolean more = true;
      while (more && walk.next()) {
        more = visitor.visit(walk.key(), walk.value());
      }
    }
  }

  @Override
  public void put(byte[] key, byte[] value) {
    check(key);
    if (value.length > Engine.MAX_VALUE_BYTES) {
      throw new IllegalArgumentException("a value of " + value.length + " bytes is over the limit of " + Engine.MAX_VALUE_BYTES);
    }
    if (changes().bytes() + key.length + value.length > Engine.MAX_TRANSACTION_BYTES) {
      throw new IllegalArgumentException("a transaction over the limit of " + Engine.MAX_TRANSACTION_BYTES + " bytes");
    }
    changes().put(key, value);
  }

  @Override
  public void delete(byte[] key) {
    check(key);
    changes().delete(key);
  }

  @Override
  public void deleteRange(byte[] fromInclusive, byte[] toExclusive) {
    checkOpen();
    checkLength(fromInclusive);
    checkLength(toExclusive);
    changes().deleteRange(fromInclusive, toExclusive);
  }

  @Override
  public void close() {
    over = true;
  }

  private Layer changes() {
    if (layer == null) {
      throw new IllegalStateException("a view cannot be written to");
    }
    return layer;
  }

  private void check(byte[] key) {
    checkOpen();
    if (key.length == 0) {
      throw new IllegalArgumentException("an empty key");
    }
    checkLength(key);
  }

  private static void checkLength(byte[] key) {
    if (key.length > Engine.MAX_KEY_BYTES) {
      throw new IllegalArgumentException("a key of " + key.length + " bytes is over the limit of " + Engine.MAX_KEY_BYTES);
    }
  }

  private void checkOpen() {
    if (over || Thread.currentThread() != owner) {
      throw new IllegalStateException("a view is good only inside its body and on its body's thread");
    }
  }
}
