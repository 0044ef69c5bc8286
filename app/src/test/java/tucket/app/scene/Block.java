// The lines under a step: a SIP message as it goes over the wire, or what is expected of one.
package tucket.app.scene;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.DeflaterOutputStream;

/// A row that begins with `|` ends with CRLF on the wire, one that begins with `:` with LF alone; the last row of a body has no end. Up to
/// the first empty row it is the head, the rest is the body.
final class Block {
  private record Row(String text, String end) {}

  private final List<Row> rows = new ArrayList<>();

  void add(String line) {
    String text = line.length() > 1 && line.charAt(1) == ' ' ? line.substring(2) : line.substring(1);
    rows.add(new Row(text, line.startsWith("|") ? "\r\n" : "\n"));
  }

  Block with(String name, String value) {
    return map(text -> text.replace("{" + name + "}", value));
  }

  Block map(UnaryOperator<String> change) {
    Block copy = new Block();
    rows.forEach(r -> copy.rows.add(new Row(change.apply(r.text), r.end)));
    return copy;
  }

  List<String> head() {
    int blank = blank();
    return rows.subList(0, blank < 0 ? rows.size() : blank).stream().map(Row::text).toList();
  }

  boolean hasBody() {
    return blank() >= 0;
  }

  /// The body as it goes over the wire.
  byte[] body() {
    return bodyText().getBytes(StandardCharsets.UTF_8);
  }

  String bodyText() {
    StringBuilder out = new StringBuilder();
    for (int i = blank() + 1; hasBody() && i < rows.size(); i++) {
      out.append(rows.get(i).text).append(i == rows.size() - 1 ? "" : rows.get(i).end);
    }
    return out.toString();
  }

  /// All rows, where none of them is a head.
  byte[] all() {
    StringBuilder out = new StringBuilder();
    rows.forEach(r -> out.append(r.text).append(r.end));
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  byte[] allDeflated() {
    return deflated(all());
  }

  byte[] deflatedBody() {
    return deflated(body());
  }

  /// RFC 1950, which HTTP and SIP call deflate.
  private static byte[] deflated(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(bytes);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private int blank() {
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).text.isEmpty()) {
        return i;
      }
    }
    return -1;
  }
}
