// A configuration that can't be used, with everything that is wrong with it.
package tucket.app.config;

import java.util.List;
import java.util.stream.Collectors;

/// The message has one line a problem, fit to be shown to the operator as it is.
public final class BadConfiguration extends RuntimeException {
  private final transient List<Problem> problems;

  public BadConfiguration(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")), null, false, false);
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
