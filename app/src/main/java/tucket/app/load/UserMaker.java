// Makes the users of a load run on our own server.
package tucket.app.load;

import java.util.HashSet;
import java.util.Set;
import tucket.app.admin.Administration;

/// By the admin API, or in the data folder of a server that does not run.
final class UserMaker {
  private UserMaker() {}

  /// Adds those that are not there yet; returns how many that were.
  static int make(Administration administration, LoadPlan plan) {
    Set<String> there = new HashSet<>();
    administration.users().forEach(u -> there.add(u.address()));
    int made = 0;
    for (int i = 0; i < plan.users(); i++) {
      String user = plan.user(i);
      if (!there.contains("sip:" + user + "@" + plan.domain())) {
        administration.add(user + "@" + plan.domain(), plan.password(i), "", java.util.List.of());
        made++;
      }
    }
    return made;
  }
}
