// A law that a run has broken.
package tucket.app.simulate;

/// `about` is the Message-ID that it concerns (empty where it is about none), `what` says what was seen.
public record Broken(Law law, String about, String what) {}
