// The table that the benchmarks end with.
package tucket.app.load.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Rows of text, in the order they were measured.
final class Report {
  static final List<String> COLUMNS = List.of("what", "server", "cpu", "rate", "p50", "p99", "generator", "note");

  private final List<Map<String, Object>> rows = new ArrayList<>();

  /// A row of a contest: the rounds in the middle.
  void add(String what, String server, List<Sample> rounds, String note) {
    Sample middle = Sample.middle(rounds);
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("what", what);
    row.put("server", server);
    row.put("cpu", String.format("%.1f us", middle.cpuMicros()));
    row.put("rate", String.format("%.0f/s", Sample.rate(rounds)));
    row.put("p50", String.format("%.2f ms", middle.result().latency().at(0.5) / 1e6));
    row.put("p99", String.format("%.2f ms", middle.result().latency().at(0.99) / 1e6));
    row.put("generator", String.format("%.1f us", middle.ownMicros()));
    row.put("note", note);
    rows.add(row);
  }

  /// A row with one figure.
  void add(String what, String server, String figure) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("what", what);
    row.put("server", server);
    row.put("note", figure);
    rows.add(row);
  }

  List<Map<String, Object>> rows() {
    return rows;
  }
}
