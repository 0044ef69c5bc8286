// The laws that a run is judged by.
package tucket.app.simulate;

/// Each is one of section 5 of ARCHITECTURE.md, as it can be seen from outside or in what is durable.
public enum Law {
  DELIVERY("no 2xx before a device has it or it is durable"),
  NOTHING_LOST("what was acknowledged arrives, unless its life ends"),
  NOT_STUCK("what waits is pushed when its device is there"),
  SHOWN_ONCE("a client that knows Message-IDs shows nothing twice"),
  NOT_AGAIN("after a durable acknowledgement nothing is pushed to that device again"),
  ORDER("what one sender sends to one recipient stays in order"),
  NOTIFICATION_ENDS("a notification never causes a notification"),
  DELETED("what a user has deleted is gone, and nothing else"),
  QUEUE("nothing leaves the queue but by acknowledgement, expiry or delete"),
  UNCHANGED("ids, times, disposition requests and bodies stay as they were"),
  LIMITS("everything has a limit"),
  LIVES_ON("no fault of ours reaches a client or ends a thread"),
  SETTLES("everything comes to rest when all is well again"),
  SAME_AGAIN("the same seed does the same");

  private final String text;

  Law(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
