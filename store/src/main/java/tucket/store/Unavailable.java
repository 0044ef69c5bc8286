// The world's failure: the storage cannot do its work now.
package tucket.store;

/// The disk is full, the folder is read-only, another process holds it, the queue is full, the engine is closed. The message is a sentence
/// for an operator: what is wrong and what to do. It may name a folder, so it is for logs and the console, not for the wire.
///
/// After a `write` that ends with it, nothing was acknowledged: the write did not happen, or happened whole (a commit that failed on its
/// way to the disk can still be found there at the next start), never in part. A caller that tries again must therefore recognise its own
/// earlier try, as the stores here do by Message-ID.
public final class Unavailable extends RuntimeException {
  private final String what;

  public Unavailable(String what) {
    super(what);
    this.what = what;
  }

  public Unavailable(String what, Throwable cause) {
    super(what, cause);
    this.what = what;
  }

  @Override
  public String getMessage() {
    return what;
  }
}
