// Where reads come from: the common inside of the engines' views.
package tucket.store;

import org.jspecify.annotations.Nullable;

/// One partition's keys and values at one moment. The ranges are meant as in [View]; nothing is checked here. For one thread.
interface Source {
  byte @Nullable [] get(byte[] key);

  /// An iteration over a range, standing before its first entry. To be closed.
  Walk walk(byte[] from, byte[] to, boolean down);

  /// An iteration that is pulled.
  interface Walk extends AutoCloseable {
    /// Steps to the next entry; `false` at the end.
    boolean next();

    /// The key where it stands.
    byte[] key();

    /// The value where it stands.
    byte[] value();

    @Override
    void close();
  }
}
