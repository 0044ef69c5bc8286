// The face that an operator has of a server, wherever the server is.
package tucket.app.admin;

import java.util.List;
import java.util.Map;

/// Users are named `alice` (in the server's domain), `alice@domain` or by a URI. Methods throw [NotPossible] with a sentence where they
/// can't do it.
public interface Administration extends AutoCloseable {
  /// A user as the profile has him. `identities` are all his addresses, the first one his default.
  record User(String address, String displayName, List<String> identities, boolean enabled, boolean im, Map<String, String> settings) {}

  /// What is to be changed of a user; what is null stays as it is. An empty value in `settings` takes that setting away.
  record Changes(
      @org.jspecify.annotations.Nullable String password,
      @org.jspecify.annotations.Nullable String displayName,
      @org.jspecify.annotations.Nullable List<String> aliases,
      @org.jspecify.annotations.Nullable Boolean enabled,
      @org.jspecify.annotations.Nullable Boolean im,
      @org.jspecify.annotations.Nullable Map<String, String> settings) {}

  /// One thing that happened to a message. `at` is in RFC 3339.
  record Happened(String at, String what, String who, String detail) {}

  /// A message or notification that waits. `awaited` are the devices that do not have it yet; empty: the first that comes.
  record Waiting(
      long sequence, String kind, String from, String messageId, String received, String expires, int bytes, String contentType, List<String> awaited,
      List<String> acknowledged) {}

  /// A device of a user.
  record Registered(String user, String device, boolean registered, String features) {}

  /// What became of a system message.
  record Announced(String messageId, int delivered, int stored, List<String> failed) {}

  /// A copy of the data. `folder` is on the server's machine; `bytes` are what its files have.
  record BackedUp(String folder, long bytes) {}

  List<User> users();

  User add(String user, String password, String displayName, List<String> aliases);

  User change(String user, Changes changes);

  void remove(String user);

  /// What is known of a message, oldest first; empty where nothing is.
  List<Happened> trace(String messageId);

  /// What waits for a user, oldest first.
  List<Waiting> queue(String user);

  /// Takes messages out of a user's queue: one by its Message-ID, or all where it is empty; returns how many there were.
  int delete(String user, String messageId);

  List<Registered> registrations();

  /// Sends a system message to these users, or to everybody where `to` is empty; blocks until each has it or it is stored for him.
  Announced announce(List<String> to, String contentType, String text);

  /// Copies everything acknowledged so far to a new folder on the server's machine, `<folder>/db`, while the server runs. A server whose
  /// setting `data` is that folder, or a copy of it, goes on from there.
  BackedUp backup(String folder);

  /// Has the running server read its certificates and keys again: for connections that are made from now on. Where they are no good it keeps
  /// the old ones and this throws [tucket.transport.Unavailable] with the reason.
  void reloadTls();

  @Override
  void close();
}
