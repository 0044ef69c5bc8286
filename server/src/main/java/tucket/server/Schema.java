// The whole database on one page: which partitions there are and which keys they hold.
package tucket.server;

import tucket.store.Kind;

/// ```
/// user/<address of record>            one partition a user; one transaction never leaves it
///   p                                 service profile: credentials (HA1), display name, switches        (core: Subscribers)
///   b/<device>/<reg-id>               binding of a device: contact, path, expiry, features, last seen   (core: Bindings)
///   q/<sequence>                      deferred message or notification: the envelope                    (im: DeferredQueue)
///   s/<sequence>                      its delivery state: who acknowledged, who is awaited, attempts    (im: DeferredQueue)
///   i/<kind>/<sender>/<Message-ID>    sequence of what was stored, or the mark that it has been          (im: DeferredQueue)
///   n                                 next sequence number, messages and bytes in the queue              (im: DeferredQueue)
///   o/<sequence>                      "stored" notification that its sender is still owed               (im: DeferredQueue)
///   x/<time>/<sequence>               what ends then: a message's life, later its trace                 (im: DeferredQueue)
///   t/<Message-ID>/<time>/<n>         trace of a stored message                                         (Trace)
///   e/<event>/<id>                    publication: entity tag, type, end of its life, body              (event: Publications)
///   c/<time>/<n>                      storage charging record                                           (im: StorageCharging)
///   d/<auid>/<name>                   XDM document: entity tag, time of its last change, size           (xdms: Documents)
///   f/<auid>/<name>                   its content, or the numbers of its pieces                         (xdms: StoredText)
///   f/<auid>/<name>/<number>          a piece of it                                                     (xdms: StoredText)
/// alias/<address of record>           one partition a further identity of a user
///   u                                 whose it is; good only while that user's profile names it too     (core: Subscribers)
/// service/<URI>                       one partition a URI that a list or group has
///   u                                 the document that gives it; good only while it does               (xdms: Claims)
/// system/<name>                       what belongs to no user
///   d/ f/                             system/xdm: documents of the global tree                          (xdms: Documents)
///   k                                 system/core: the key of nonces and temporary GRUUs                 (core: Secrets)
/// ```
/// Keys are built with [tucket.store.Key]; values begin with a format version byte.
public final class Schema {
  public static final Kind USER = new Kind("user");
  public static final Kind ALIAS = new Kind("alias");
  public static final Kind SERVICE = new Kind("service");
  public static final Kind SYSTEM = new Kind("system");

  public static final String PROFILE = "p";
  public static final String BINDING = "b";
  public static final String QUEUE = "q";
  public static final String STATE = "s";
  public static final String IDENTITY = "i";
  public static final String NEXT = "n";
  public static final String OWED = "o";
  public static final String DEADLINE = "x";
  public static final String TRACE = "t";
  public static final String CHARGING = "c";
  public static final String PUBLICATION = "e";
  public static final String DOCUMENT = "d";
  public static final String CONTENT = "f";
  public static final String OWNER = "u";
  public static final String SECRET = "k";

  private Schema() {}
}
