// A step that did not go as it is written.
package tucket.app.scene;

/// The message names the line, what it says, and what was seen instead.
final class SceneFailure extends AssertionError {
  private static final long serialVersionUID = 1;

  SceneFailure(int line, String text, String seen) {
    super("line " + line + ": " + text + "\n  but " + seen);
  }
}
