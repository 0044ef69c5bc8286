// A reference to a list in an XDM document.
package tucket.protocol.document;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tucket.protocol.Malformed;
import tucket.protocol.sip.AddressOfRecord;

/// What an external list of a rule (`anc`) and an external element of a list (`anchor`) point at: an XCAP URI of a list, or of a whole document, in
/// somebody's `resource-lists`. RFC 4826 section 3.2 and RFC 4825 section 6 as far as they name lists; the root in front is not looked at.
///
/// @param user whose document it is
/// @param document its name, mostly `index`
/// @param steps the way from the root of the document to the list; empty for all lists
public record ListAnchor(AddressOfRecord user, String document, List<Step> steps) {
  private static final String USAGE = "/resource-lists/users/";
  private static final String NODES = "/~~/";
  private static final Pattern STEP =
      Pattern.compile("(?:[\\w.-]+:)?(?:list|\\*)(?:\\[@name=(?:\"([^\"]*)\"|'([^']*)')])?(?:\\[(\\d{1,6})])?(?:\\[@name=(?:\"([^\"]*)\"|'([^']*)')])?");
  private static final int MOST_CHARS = 4096;

  /// A list by its name, by its place among those that are left, or both.
  public record Step(Optional<String> name, Optional<Integer> place) {}

  public ListAnchor {
    steps = List.copyOf(steps);
  }

  /// Reads it; empty where it is no reference to a list.
  public static Optional<ListAnchor> parse(String anchor) {
    int at = anchor.indexOf(USAGE);
    if (at < 0 && anchor.startsWith(USAGE.substring(1))) {
      return parse("/" + anchor); // relative to the root, as RFC 4826 section 3.3 has it for entry-ref
    }
    if (at < 0 || anchor.length() > MOST_CHARS) {
      return Optional.empty();
    }
    String rest = anchor.substring(at + USAGE.length());
    int query = rest.indexOf('?');
    rest = query < 0 ? rest : rest.substring(0, query);
    int nodes = rest.indexOf(NODES);
    String path = nodes < 0 ? rest : rest.substring(0, nodes);
    int slash = path.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    try {
      AddressOfRecord user = AddressOfRecord.of(decoded(path.substring(0, slash)));
      Optional<List<Step>> steps = nodes < 0 ? Optional.of(List.of()) : steps(decoded(rest.substring(nodes + NODES.length())));
      return steps.map(s -> new ListAnchor(user, decoded(path.substring(slash + 1)), s));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  private static Optional<List<Step>> steps(String selector) {
    List<Step> steps = new ArrayList<>();
    int from = 0;
    boolean root = true;
    while (from <= selector.length()) {
      int end = end(selector, from);
      String part = selector.substring(from, end);
      from = end + 1;
      if (root) {
        root = false;
        continue; // the root element; there is only one
      }
      Matcher m = STEP.matcher(part);
      if (!m.matches()) {
        return Optional.empty();
      }
      Optional<String> name = Optional.<String>empty();
      for (int group : new int[] {1, 2, 4, 5}) {
        String value = m.group(group);
        name = value == null ? name : Optional.of(value);
      }
      String place = m.group(3);
      steps.add(new Step(name, place == null ? Optional.empty() : Optional.of(Integer.parseInt(place))));
    }
    return Optional.of(steps);
  }

  /// Where a step ends: a slash within quotes belongs to a name.
  private static int end(String selector, int from) {
    char quote = 0;
    for (int i = from; i < selector.length(); i++) {
      char c = selector.charAt(i);
      if (quote == 0 && c == '/') {
        return i;
      }
      if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      }
    }
    return selector.length();
  }

  private static String decoded(String text) {
    byte[] out = new byte[text.length() * 3];
    int n = 0;
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < in.length; i++) {
      int high = i + 2 < in.length && in[i] == '%' ? Character.digit(in[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
      if (low >= 0) {
        out[n++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        out[n++] = in[i];
      }
    }
    return new String(out, 0, n, StandardCharsets.UTF_8);
  }

  /// The lists of a document that it means.
  public List<ResourceLists.ResourceList> in(ResourceLists document) {
    List<ResourceLists.ResourceList> here = document.lists();
    for (int i = 0; i < steps.size(); i++) {
      here = chosen(here, steps.get(i));
      if (i < steps.size() - 1) {
        here = here.stream().flatMap(l -> l.items().stream()).filter(ResourceLists.ResourceList.class::isInstance)
            .map(ResourceLists.ResourceList.class::cast).toList();
      }
    }
    return here;
  }

  private static List<ResourceLists.ResourceList> chosen(List<ResourceLists.ResourceList> lists, Step step) {
    List<ResourceLists.ResourceList> named = lists.stream().filter(l -> step.name.isEmpty() || l.name().equals(step.name)).toList();
    if (step.place.isEmpty()) {
      return named;
    }
    int at = step.place.get() - 1;
    return at >= 0 && at < named.size() ? List.of(named.get(at)) : List.of();
  }
}
