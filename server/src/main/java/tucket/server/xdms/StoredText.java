// How the text of a document lies in the store.
package tucket.server.xdms;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tucket.protocol.xcap.XmlText;
import tucket.store.Key;
import tucket.store.Transaction;
import tucket.store.View;

/// A text of one piece is one value. A longer one lies in pieces, each under its number behind the key of the document, and the value there is the list of the
/// numbers in the order of the text: so an edit writes that list and the pieces that are new. Earlier builds wrote texts of any length as one value; they
/// are read as they are, and lie in pieces from their next edit on.
///
/// @param value what stands at the key of the document
/// @param numbers of the pieces in order; none for one value
/// @param come the pieces that are new
/// @param gone the numbers that are not wanted any more
record StoredText(byte[] value, List<Long> numbers, Map<Long, byte[]> come, Set<Long> gone) {
  /// A text that takes the place of another, of whose pieces it uses none.
  static StoredText of(XmlText text) {
    return after(List.of(), List.of(), text);
  }

  /// A text that shares pieces with the version it was made from.
  static StoredText after(Documents.Version before, XmlText text) {
    return after(before.tree().pieces().pieces(), before.pieces(), text);
  }

  private static StoredText after(List<XmlText.Piece> before, List<Long> numbers, XmlText now) {
    List<XmlText.Piece> pieces = now.pieces();
    if (pieces.size() < 2) {
      return new StoredText(now.bytes(), List.of(), Map.of(), new HashSet<>(numbers));
    }
    Map<XmlText.Piece, Long> known = new IdentityHashMap<>();
    long next = 1;
    for (int i = 0; i < numbers.size(); i++) {
      known.put(before.get(i), numbers.get(i));
      next = Math.max(next, numbers.get(i) + 1);
    }
    List<Long> all = new ArrayList<>(pieces.size());
    Map<Long, byte[]> come = new LinkedHashMap<>();
    for (XmlText.Piece piece : pieces) {
      Long number = known.get(piece);
      if (number == null) {
        number = next++;
        come.put(number, piece.text().getBytes(StandardCharsets.UTF_8));
      }
      all.add(number);
    }
    Set<Long> gone = new HashSet<>(numbers);
    all.forEach(gone::remove);
    String list = all.stream().map(String::valueOf).collect(Collectors.joining(" "));
    return new StoredText(list.getBytes(StandardCharsets.US_ASCII), all, come, gone);
  }

  boolean inPieces() {
    return !numbers.isEmpty();
  }

  void write(Transaction transaction, Key document) {
    gone.forEach(number -> transaction.delete(piece(document, number)));
    transaction.put(document.bytes(), value);
    come.forEach((number, bytes) -> transaction.put(piece(document, number), bytes));
  }

  static void remove(Transaction transaction, Key document, boolean inPieces) {
    removePieces(transaction, document, inPieces);
    transaction.delete(document.bytes());
  }

  /// The pieces alone, to make room for a text that shares none of them.
  static void removePieces(Transaction transaction, Key document, boolean inPieces) {
    numbers(transaction, document, inPieces).forEach(number -> transaction.delete(piece(document, number)));
  }

  static List<Long> numbers(View view, Key document, boolean inPieces) {
    return inPieces
        ? Arrays.stream(new String(value(view, document), StandardCharsets.US_ASCII).split(" ")).map(Long::valueOf).toList()
        : List.of();
  }

  /// The pieces in order; one where it is one value.
  static List<byte[]> read(View view, Key document, boolean inPieces) {
    return inPieces
        ? numbers(view, document, true).stream().map(number -> value(view, key(document, number))).toList()
        : List.of(value(view, document));
  }

  static byte[] joined(List<byte[]> pieces) {
    if (pieces.size() == 1) {
      return pieces.getFirst();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream(pieces.stream().mapToInt(p -> p.length).sum());
    pieces.forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static byte[] value(View view, Key key) {
    return view.get(key.bytes()).orElseThrow(() -> new IllegalStateException("a part of a document is missing at " + key));
  }

  private static byte[] piece(Key document, long number) {
    return key(document, number).bytes();
  }

  private static Key key(Key document, long number) {
    return document.number(number);
  }
}
