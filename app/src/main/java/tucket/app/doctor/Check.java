// One area that the doctor looks at.
package tucket.app.doctor;

import tucket.app.config.Config;

/// A check changes nothing that stays: a file or a socket that it needs is gone when it returns. It may block for some seconds.
interface Check {
  /// The area's name, as in [Finding#area].
  String area();

  void look(Config config, Findings to);
}
