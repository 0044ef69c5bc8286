// The version of this program.
package tucket.app.config;

/// As the jar's manifest has it.
public final class Version {
  public static final String NUMBER = number();

  private Version() {}

  private static String number() {
    String fromManifest = Version.class.getPackage().getImplementationVersion();
    return fromManifest == null ? "development" : fromManifest;
  }
}
