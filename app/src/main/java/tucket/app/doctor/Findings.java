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

  /// A warning where `bad`, else fine.
  void warningIf(boolean bad, String what, String remedy) {
    if (bad) {
      warning(what, remedy);
    } else {
      ok(what);
    }
  }

  List<Finding> all() {
    return List.copyOf(all);
  }
}
