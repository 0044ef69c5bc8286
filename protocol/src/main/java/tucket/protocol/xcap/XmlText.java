// The text of a document in pieces that its versions share.
package tucket.protocol.xcap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A text that an edit does not copy: the version after it has new pieces only around the place, all others are the very same objects. So a store can tell by
/// identity what is new. No piece but a lone one is short, whatever is cut, and none cuts a character in two. Immutable.
public final class XmlText {
  /// The most characters of a piece, but for one that must not be cut.
  public static final int MOST = 8 << 10;
  /// A piece that has fewer after a cut is joined with the next one.
  private static final int LEAST = MOST / 4;

  /// A stretch of the text. Two are the same only where they are one object.
  public static final class Piece {
    private final String text;
    private final int size;

    private Piece(String text) {
      this.text = text;
      this.size = text.getBytes(StandardCharsets.UTF_8).length;
    }

    public String text() {
      return text;
    }

    /// How many bytes it is in UTF-8.
    public int size() {
      return size;
    }
  }

  private final Piece[] pieces;
  /// Where each piece begins; at last the length of all.
  private final int[] starts;
  private final long size;

  private XmlText(Piece[] pieces) {
    this.pieces = pieces;
    this.starts = new int[pieces.length + 1];
    long bytes = 0;
    for (int i = 0; i < pieces.length; i++) {
      starts[i + 1] = starts[i] + pieces[i].text.length();
      bytes += pieces[i].size;
    }
    this.size = bytes;
  }

  static XmlText of(String text) {
    List<Piece> pieces = new ArrayList<>(text.length() / MOST + 1);
    split(text, pieces);
    return new XmlText(pieces.toArray(Piece[]::new));
  }

  /// The text in the pieces it was stored in.
  static XmlText of(List<String> pieces) {
    return new XmlText(pieces.stream().map(Piece::new).toArray(Piece[]::new));
  }

  private static void split(String text, List<Piece> into) {
    int many = (text.length() + MOST - 1) / MOST;
    int from = 0;
    for (int i = 1; i <= many; i++) {
      int to = (int) ((long) text.length() * i / many);
      to += to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? 1 : 0;
      into.add(new Piece(text.substring(from, to)));
      from = to;
    }
  }

  /// In order; together they are the text.
  public List<Piece> pieces() {
    return List.of(pieces);
  }

  public int length() {
    return starts[pieces.length];
  }

  /// How many bytes it is in UTF-8.
  public long size() {
    return size;
  }

  public byte[] bytes() {
    byte[] all = new byte[(int) size];
    int at = 0;
    for (Piece piece : pieces) {
      byte[] one = piece.text.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(one, 0, all, at, one.length);
      at += one.length;
    }
    return all;
  }

  // The piece with that character in it, the last one for the end.
  private int at(int place) {
    int found = Arrays.binarySearch(starts, place);
    return Math.clamp(found < 0 ? -found - 2 : found, 0, Math.max(0, pieces.length - 1));
  }

  String substring(int from, int to) {
    if (from == to) {
      return "";
    }
    int first = at(from);
    if (to <= starts[first + 1]) {
      return pieces[first].text.substring(from - starts[first], to - starts[first]);
    }
    StringBuilder out = new StringBuilder(to - from);
    for (int i = first; i < pieces.length && starts[i] < to; i++) {
      out.append(pieces[i].text, Math.max(0, from - starts[i]), Math.min(pieces[i].text.length(), to - starts[i]));
    }
    return out.toString();
  }

  /// The text with the characters from `from` to before `to` replaced.
  XmlText cut(int from, int to, String by) {
    if (pieces.length == 0) {
      return of(by);
    }
    int first = at(from);
    int last = Math.max(first, at(to));
    String anew = pieces[first].text.substring(0, from - starts[first]) + by + pieces[last].text.substring(to - starts[last]);
    if (anew.length() < LEAST && last + 1 < pieces.length) {
      anew += pieces[++last].text;
    } else if (anew.length() < LEAST && first > 0) {
      anew = pieces[--first].text + anew;
    }
    List<Piece> after = new ArrayList<>(pieces.length + 2);
    after.addAll(Arrays.asList(pieces).subList(0, first));
    split(anew, after);
    after.addAll(Arrays.asList(pieces).subList(last + 1, pieces.length));
    return new XmlText(after.toArray(Piece[]::new));
  }

  /// All of it, joined.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(length());
    for (Piece piece : pieces) {
      out.append(piece.text);
    }
    return out.toString();
  }
}
