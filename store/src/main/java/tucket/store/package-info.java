// The storage port and its engines: ordered keys inside partitions, durable transactions that touch one partition.
/// Storage for one server: the narrow port [Engine] and its engines [MemoryEngine] (forgets at its close) and [RocksEngine] (embedded, on
/// disk).
///
/// ## The key space
///
/// A [Partition] is one user, one room, one corner of the system. Inside it lie keys in the order of their unsigned bytes; a
/// transaction touches one partition, never two. That is what every engine can give, embedded or distributed.
///
/// ```
///   Kind "user"                                  Kind "room"
///   ├─ Partition "sip:anna@example.org"          ├─ Partition "sip:club@example.org"
///   │    queue 0 │ 00000000 00000001 → bytes     │    member 0 │ sip:anna@… 0     → bytes
///   │    queue 0 │ 00000000 00000002 → bytes     │    …
///   │    seen  0 │ <Message-ID>    0 → bytes     │
///   └─ Partition "tel:+491701234567" …           └─ …
/// ```
///
/// The names before the bar are the domain's own (`queue`, `seen` stand here for an example); [Key] builds such keys from text parts and
/// numbers so that their order is the order of their parts.
///
/// How [RocksEngine] lays this out in its one ordered space is drawn at `KeySpace`:
///
/// ```
///   kind 0 id' 0 key          id' = the id in UTF-8 with bytes 0 and 1 escaped
/// ```
///
/// ## Failures
///
/// The world's failures (disk full, read-only folder, closed) are [Unavailable]; a caller's mistake (an empty key, a value beyond its
/// limit, a write inside a write) is an `IllegalArgumentException` or `IllegalStateException`.
@NullMarked
package tucket.store;

import org.jspecify.annotations.NullMarked;
