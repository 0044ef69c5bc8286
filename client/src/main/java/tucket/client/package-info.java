/// An IM Client as a library: register, send messages, receive them and tell their senders what became of them.
///
/// [ImClient] is a registered user on one device, [Pager] its messages in pager mode (RFC 3428 with CPIM, RFC 3862, and IMDN, RFC 5438).
/// Calls block
/// and are meant for virtual threads:
///
/// ```java
/// try (var client = new ImClient(world, ClientSettings.of(Account.of("sip:alice@tucket.example", "alice", password), server))) {
///   client.register();
///   Sent sent = client.pager().send(Uri.parse("sip:bob@tucket.example"), Outgoing.text("Hello").asking(POSITIVE_DELIVERY, DISPLAY));
/// }
/// ```
@NullMarked
package tucket.client;

import org.jspecify.annotations.NullMarked;
