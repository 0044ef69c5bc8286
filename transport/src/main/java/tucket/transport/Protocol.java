// The ways in which SIP and MSRP bytes travel.
package tucket.transport;

/// A transport protocol as Via and SDP name it.
public enum Protocol {
  UDP(false, false),
  TCP(true, false),
  TLS(true, true),
  WS(true, false),
  WSS(true, true);

  private final boolean reliable;
  private final boolean secure;

  Protocol(boolean reliable, boolean secure) {
    this.reliable = reliable;
    this.secure = secure;
  }

  public boolean reliable() {
    return reliable;
  }

  public boolean secure() {
    return secure;
  }
}
