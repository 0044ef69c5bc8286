// A message or a notification as the ledger knows it.
package tucket.app.torture;

/// `from` and `to` are people. `number` counts the messages of `from` to `to` from 1 on; it is 0 for a notification. `content` is what the
/// body says about itself, apart from the Message-ID: it tells when the same thing was sent on under another id.
record Item(Kind kind, String messageId, String from, String to, long number, String content) {
  enum Kind {
    MESSAGE,
    NOTIFICATION
  }
}
