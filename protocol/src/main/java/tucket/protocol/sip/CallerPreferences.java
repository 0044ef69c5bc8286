// What a caller asks of the device that is to be reached.
package tucket.protocol.sip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import tucket.protocol.Malformed;
import tucket.protocol.mime.Params;

/// Accept-Contact, Reject-Contact and Request-Disposition (RFC 3841). Where the caller asks for nothing, the method and the event package
/// are asked for implicitly (section 7.2.2); these never leave nobody to be tried.
public final class CallerPreferences {
  private static final int MOST = 64;
  /// Scores are counted in parts of this.
  private static final double WHOLE = 1.0;

  /// One value of Accept-Contact.
  private record Wanted(FeatureSet features, boolean require, boolean explicit) {}

  private record Ranked<T>(T element, int q, double score) {}

  private final List<Wanted> wanted;
  private final List<FeatureSet> unwanted;
  private final boolean implicit;
  private final Set<String> dispositions;

  private CallerPreferences(List<Wanted> wanted, List<FeatureSet> unwanted, boolean implicit, Set<String> dispositions) {
    this.wanted = wanted;
    this.unwanted = unwanted;
    this.implicit = implicit;
    this.dispositions = dispositions;
  }

  /// @throws Malformed where one of the three headers breaks its grammar
  public static CallerPreferences of(SipRequest request) {
    List<Wanted> wanted = new ArrayList<>(2);
    for (String value : request.values(Header.ACCEPT_CONTACT)) {
      Params params = params(Header.ACCEPT_CONTACT, value);
      wanted.add(new Wanted(FeatureSet.of(params), params.has("require"), params.has("explicit")));
    }
    List<FeatureSet> unwanted = new ArrayList<>(2);
    for (String value : request.values(Header.REJECT_CONTACT)) {
      unwanted.add(FeatureSet.of(params(Header.REJECT_CONTACT, value)));
    }
    if (wanted.size() + unwanted.size() > MOST) {
      throw new Malformed("Accept-Contact and Reject-Contact have too many values");
    }
    Set<String> dispositions = new LinkedHashSet<>();
    for (String directive : request.values(Header.REQUEST_DISPOSITION)) {
      dispositions.add(Grammar.lower(directive));
    }
    boolean implicit = wanted.isEmpty() && unwanted.isEmpty();
    if (implicit) {
      wanted.add(new Wanted(implied(request), true, false));
    }
    return new CallerPreferences(wanted, unwanted, implicit, dispositions);
  }

  private static Params params(Header h, String value) {
    // RFC 3841 section 10: the only thing a value can name is "*"; the addresses of older drafts are passed over like it
    int semicolon = value.indexOf(';');
    try {
      return semicolon < 0 ? Params.NONE : Params.parse(value, semicolon);
    } catch (Malformed bad) {
      throw new Malformed(h.name() + ": " + bad.getMessage());
    }
  }

  /// RFC 3841 section 7.2.2.
  private static FeatureSet implied(SipRequest request) {
    FeatureSet method = FeatureSet.require("methods", request.method());
    if (!request.is(Methods.SUBSCRIBE) || !request.has(Header.EVENT)) {
      return method;
    }
    String event = request.first(Header.EVENT).orElse("");
    int semicolon = event.indexOf(';');
    return method.and(FeatureSet.require("events", (semicolon < 0 ? event : event.substring(0, semicolon)).strip()));
  }

  /// The directives of Request-Disposition in lower case: `proxy`, `redirect`, `cancel`, `no-cancel`, `fork`, `no-fork`, `recurse`,
  /// `no-recurse`, `parallel`, `sequential`, `queue`, `no-queue` (RFC 3841 section 9.1).
  public Set<String> dispositions() {
    return Set.copyOf(dispositions);
  }

  /// Whether the caller allows more than one device to be tried at the same time.
  public boolean mayFork() {
    return !dispositions.contains("no-fork") && !dispositions.contains("sequential");
  }

  /// The q of a Contact in thousandths; 1000 where there is none or a bad one (RFC 3261 section 25.1 qvalue).
  public static int q(NameAddr contact) {
    String text = contact.params().value("q").orElse("1").strip();
    int dot = text.indexOf('.');
    int whole = dot < 0 ? text.length() : dot;
    String fraction = dot < 0 ? "" : text.substring(dot + 1);
    if (text.length() < 1 || fraction.length() > 3 || whole + fraction.length() == 0) {
      return 1000;
    }
    long units = whole == 0 ? 0 : Grammar.number(text, 0, whole, 1);
    long thousandths = Grammar.number((fraction + "000").substring(0, 3), 0, 3, 999);
    return units < 0 || thousandths < 0 ? 1000 : (int) Math.min(1000, units * 1000 + thousandths);
  }

  /// The contacts that may be tried, best first; those that the preferences drop are left out. Contacts of the same q and the same worth to
  /// the caller keep their order.
  ///
  /// @param contact gives the registered Contact of an element, with its feature parameters and q
  public <T> List<T> rank(List<T> contacts, Function<? super T, NameAddr> contact) {
    List<Ranked<T>> kept = new ArrayList<>(contacts.size());
    for (T element : contacts) {
      NameAddr address = contact.apply(element);
      double score = score(FeatureSet.of(address));
      if (score >= 0) {
        kept.add(new Ranked<>(element, q(address), score));
      }
    }
    if (kept.isEmpty() && implicit) {
      for (T element : contacts) {
        kept.add(new Ranked<>(element, q(contact.apply(element)), WHOLE));
      }
    }
    kept.sort(Comparator.<Ranked<T>>comparingInt(r -> -r.q).thenComparingDouble(r -> -r.score));
    return kept.stream().map(Ranked::element).toList();
  }

  /// Qa of RFC 3841 section 7.2.4, or -1 where the contact is dropped.
  double score(FeatureSet contact) {
    if (contact.isEmpty()) {
      return WHOLE; // immune (section 7.2.3)
    }
    for (FeatureSet reject : unwanted) {
      if (!reject.isEmpty() && reject.shared(contact) == reject.size() && reject.matches(contact)) {
        return -1;
      }
    }
    double sum = 0;
    int matching = 0;
    for (Wanted want : wanted) {
      if (!want.features.matches(contact)) {
        if (want.require) {
          return -1;
        }
        continue;
      }
      double score = want.features.isEmpty() ? WHOLE : (double) want.features.shared(contact) / want.features.size();
      if (score < WHOLE && want.explicit) {
        if (want.require) {
          return -1;
        }
        score = 0;
      }
      sum += score;
      matching++;
    }
    return matching == 0 ? 0 : sum / matching;
  }
}
