// Walks over the lines of a header block, ended by CRLF or by LF alone.
package tucket.protocol.mime;

import tucket.protocol.Malformed;

/// Lines of `data[from, to)`. A line ends with CRLF (RFC 2045 section 2.1) or, as some clients write it, with LF alone. A CR anywhere else
/// is [Malformed]: what one reader takes for a line end and another for text is a way to smuggle headers. Not thread-safe.
public final class LineReader {
  private final byte[] data;
  private final int to;
  private final int maxLine;
  private int position;
  private int start;
  private int end;

  /// `maxLine` bounds a line's bytes without its end.
  public LineReader(byte[] data, int from, int to, int maxLine) {
    this.data = data;
    this.to = to;
    this.maxLine = maxLine;
    this.position = from;
    this.start = from;
    this.end = from;
  }

  /// Moves to the next line; false at the end of the data. The last line may lack its line end.
  public boolean next() {
    if (position >= to) {
      return false;
    }
    start = position;
    int i = position;
    while (i < to && data[i] != '\n') {
      if (data[i] == '\r' && (i + 1 >= to || data[i + 1] != '\n') && i + 1 < to) {
        throw new Malformed("header line with a bare CR");
      }
      if (i - start > maxLine) {
        throw new Malformed("header line too long");
      }
      i++;
    }
    position = i < to ? i + 1 : to;
    end = i > start && data[i - 1] == '\r' ? i - 1 : i;
    return true;
  }

  public int start() {
    return start;
  }

  /// Position behind the line's last byte, its CRLF or LF not counted.
  public int end() {
    return end;
  }

  /// Position behind the line's end: where the next line begins.
  public int position() {
    return position;
  }

  public boolean isBlank() {
    return start == end;
  }

  /// Whether the line continues the one before (RFC 5322 section 2.2.3).
  public boolean isFolded() {
    return end > start && (data[start] == ' ' || data[start] == '\t');
  }

  public String text() {
    return Octets.decode(data, start, end);
  }

  /// `text`, which is that of this line, with the lines that continue it: each without blanks around it, behind one blank. Moves to the last of them.
  /// What is longer than `most` and continues is [Malformed].
  public String unfolded(String text, int most) {
    if (!isContinued()) {
      return text;
    }
    StringBuilder joined = new StringBuilder(text);
    while (isContinued()) {
      if (joined.length() > most) {
        throw new Malformed("header line too long");
      }
      next();
      joined.append(' ').append(text().strip());
    }
    return joined.toString();
  }

  private boolean isContinued() {
    return position < to && (data[position] == ' ' || data[position] == '\t');
  }
}
