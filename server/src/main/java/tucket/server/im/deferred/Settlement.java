// What came of handing one stored message to one device.
package tucket.server.im.deferred;

import tucket.server.reference.Device;

/// `status` is the device's final response; `retrieval` whether the user asked for the message.
record Settlement(long sequence, Device device, How how, int status, boolean retrieval) {
  enum How {
    ACKNOWLEDGED,
    REJECTED,
    FAILED
  }
}
