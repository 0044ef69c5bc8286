// What came of a change to the users.
package tucket.server.core;

/// Done, or refused with a sentence that says why.
public sealed interface Change {
  /// It is durable and in force.
  record Done(Subscriber after) implements Change {}

  /// Nothing was changed.
  record Refused(String why) implements Change {}
}
