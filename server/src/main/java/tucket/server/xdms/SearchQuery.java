// The part of XQuery that a search may use.
package tucket.server.xdms;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import tucket.protocol.Malformed;

/// The `where` of `for $u in … where … return …`, without anything that could run long:
///
/// ```
/// where    = and *( "or" and )        and  = test *( "and" test )
/// test     = "(" where ")" / path "=" text / "contains(" path "," text ")" / "starts-with(" path "," text ")"
/// path     = $variable 1*( "/" name )           the last name counts: display-name, given-name, freetext, comm-addr, hobby, @uri …
/// ```
/// Texts are compared without regard to case. What stands in front of `where` and behind `return` is not looked at; more than that is [Malformed].
final class SearchQuery {
  private static final int MAX_TESTS = 32;
  private static final int MAX_DEPTH = 16;

  private final String in;
  private int at;
  private int tests;

  private SearchQuery(String in) {
    this.in = in;
  }

  private Predicate<Profiles.Profile> condition = p -> true;

  static SearchQuery parse(String text) {
    int where = indexOfWord(text, "where", 0);
    int end = indexOfWord(text, "return", Math.max(0, where));
    if (where < 0) {
      throw new Malformed("query without where");
    }
    SearchQuery query = new SearchQuery(text.substring(where + 5, end < 0 ? text.length() : end));
    query.condition = query.or(0);
    query.blanks();
    if (query.at < query.in.length()) {
      throw new Malformed("query with something that is not served");
    }
    return query;
  }

  boolean fits(Profiles.Profile profile) {
    return condition.test(profile);
  }

  private Predicate<Profiles.Profile> or(int depth) {
    if (depth > MAX_DEPTH) {
      throw new Malformed("query too deep");
    }
    List<Predicate<Profiles.Profile>> all = new ArrayList<>(List.of(and(depth)));
    while (word("or")) {
      all.add(and(depth));
    }
    return p -> all.stream().anyMatch(one -> one.test(p));
  }

  private Predicate<Profiles.Profile> and(int depth) {
    List<Predicate<Profiles.Profile>> all = new ArrayList<>(List.of(test(depth)));
    while (word("and")) {
      all.add(test(depth));
    }
    return p -> all.stream().allMatch(one -> one.test(p));
  }

  private Predicate<Profiles.Profile> test(int depth) {
    if (++tests > MAX_TESTS) {
      throw new Malformed("query with too many conditions");
    }
    if (mark("(")) {
      Predicate<Profiles.Profile> inner = or(depth + 1);
      want(")");
      return inner;
    }
    boolean contains = word("contains");
    if (contains || word("starts-with")) {
      want("(");
      String field = path();
      want(",");
      String text = literal().toLowerCase(Locale.ROOT);
      want(")");
      return p -> p.all(field).stream().map(v -> v.toLowerCase(Locale.ROOT)).anyMatch(v -> contains ? v.contains(text) : v.startsWith(text));
    }
    String field = path();
    want("=");
    String text = literal().strip();
    return p -> p.all(field).stream().anyMatch(v -> v.strip().equalsIgnoreCase(text));
  }

  private String path() {
    blanks();
    int from = at;
    while (at < in.length() && (Character.isLetterOrDigit(in.charAt(at)) || "$/@-_:.".indexOf(in.charAt(at)) >= 0)) {
      at++;
    }
    String path = in.substring(from, at);
    int slash = path.lastIndexOf('/');
    if (!path.startsWith("$") || slash < 0 || slash == path.length() - 1) {
      throw new Malformed("query with a broken path");
    }
    String last = path.substring(slash + 1);
    return last.substring(last.indexOf(':') + 1);
  }

  private String literal() {
    blanks();
    char quote = at < in.length() ? in.charAt(at) : 0;
    if (quote != '"' && quote != '\'') {
      throw new Malformed("query without quotes around a text");
    }
    StringBuilder out = new StringBuilder();
    for (at++; at < in.length(); at++) {
      if (in.charAt(at) == quote) {
        if (at + 1 < in.length() && in.charAt(at + 1) == quote) { // doubled, it is one
          at++;
        } else {
          at++;
          return out.toString();
        }
      }
      out.append(in.charAt(at));
    }
    throw new Malformed("query with a text without end");
  }

  private boolean word(String word) {
    blanks();
    int end = at + word.length();
    boolean there = in.startsWith(word, at) && (end == in.length() || !Character.isLetterOrDigit(in.charAt(end)) && in.charAt(end) != '-');
    at = there ? end : at;
    return there;
  }

  private boolean mark(String mark) {
    blanks();
    boolean there = in.startsWith(mark, at);
    at = there ? at + mark.length() : at;
    return there;
  }

  private void want(String mark) {
    if (!mark(mark)) {
      throw new Malformed("query with something that is not served");
    }
  }

  private void blanks() {
    while (at < in.length() && Character.isWhitespace(in.charAt(at))) {
      at++;
    }
  }

  // Outside of quotes.
  private static int indexOfWord(String text, String word, int from) {
    char quote = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (text.startsWith(word, i) && (i == 0 || Character.isWhitespace(text.charAt(i - 1)) || text.charAt(i - 1) == ')')
          && (i + word.length() == text.length() || !Character.isLetterOrDigit(text.charAt(i + word.length())))) {
        return i;
      }
    }
    return -1;
  }
}
