// A workload whose every state can be checked: numbered transactions of several keys, with deletions behind them.
package tucket.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/// Transaction n of a writer, in a partition of its own:
///
/// ```
///   last        → n            fails where it is not n - 1 before: order
///   a n, b n    → bytes made of n, up to 3000: all or nothing
///   n % 10 = 0  : deletes  a m, b m  for m from n - 30 up to n - 20: deletions are not lost either
/// ```
final class CrashModel {
  private static final byte[] LAST = Key.of("last").bytes();

  private CrashModel() {}

  static Partition partition(int writer) {
    return new Partition(new Kind("crash"), "writer-" + writer);
  }

  /// The number of the last transaction.
  static long last(View view) {
    return view.get(LAST).map(key -> Key.parts(key).number()).orElse(0L);
  }

  /// Does the next transaction and returns its number.
  static long next(Engine engine, int writer) {
    return engine.write(partition(writer), tx -> {
      long n = last(tx) + 1;
      tx.put(LAST, Key.empty().number(n).bytes());
      tx.put(Key.of("a").number(n).bytes(), payload(n));
      if (n % 10 == 0) {
        for (String name : List.of("a", "b")) {
          tx.deleteRange(Key.of(name).number(n - 30).bytes(), Key.of(name).number(n - 20).bytes());
        }
      }
      tx.put(Key.of("b").number(n).bytes(), payload(n));
      return n;
    });
  }

  private static byte[] payload(long n) {
    byte[] payload = new byte[(int) (n * 7919 % 3000)];
    new Random(n).nextBytes(payload);
    return payload;
  }

  /// Checks that the partition holds exactly the first so many transactions, and returns how many.
  static long verify(Engine engine, int writer) {
    return engine.read(partition(writer), view -> {
      long last = last(view);
      List<Long> expected = LongStream.rangeClosed(1, last).filter(n -> (n + 30) / 10 * 10 > last).boxed().toList();
      for (String name : List.of("a", "b")) {
        List<Entry> found = view.scan(Key.of(name).bytes(), Key.of(name).end(), Integer.MAX_VALUE);
        assertThat(found.stream().map(CrashModel::number).toList()).as("writer %d, last %d, %s", writer, last, name).isEqualTo(expected);
        assertThat(found).allMatch(entry -> Arrays.equals(entry.value(), payload(number(entry))));
      }
      assertThat(view.scan(Samples.START, Samples.END, Integer.MAX_VALUE)).hasSize(2 * expected.size() + (last > 0 ? 1 : 0));
      return last;
    });
  }

  private static long number(Entry entry) {
    Key.Parts parts = Key.parts(entry.key());
    parts.text();
    return parts.number();
  }
}
