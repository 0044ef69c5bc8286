// What a check has seen, as a list that it writes to.
package tucket.app.doctor;

import java.util.ArrayList;
import java.util.List;
import tucket.app.doctor.Finding.Level;

/// Of one area. Not thread-safe.
final class Findings {
  private final String area;
  private final List<Finding> all = new ArrayList<>();

  Findings(String area) {
    this.area = area;
  }

  void ok(String what) {
    all.add(new Finding(area, Level.OK, what, ""));
  }

  void warning(String what, String remedy) {
    all.add(new Finding(area, Level.WARNING, what, remedy));
  }

  void problem(String what, String remedy) {
    all.add(new Finding(area, Level.PROBLEM, what, remedy));
  }

  /// A warning where `bad`, else fine, with the same words.
  void warningIf(boolean bad, String what, String remedy) {
    warningIf(bad, what, what, remedy);
  }

  /// A warning in the words `wrong` where `bad`, else fine in the words `right`.
  void warningIf(boolean bad, String right, String wrong, String remedy) {
    if (bad) {
      warning(wrong, remedy);
    } else {
      ok(right);
    }
  }

  List<Finding> all() {
    return List.copyOf(all);
  }
}
