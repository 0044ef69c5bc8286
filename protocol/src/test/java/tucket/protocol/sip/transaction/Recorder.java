// Writes down what a machine asks for, and calls it back when its timers are due.
package tucket.protocol.sip.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tucket.protocol.sip.SipMessage;
import tucket.protocol.sip.SipRequest;
import tucket.protocol.sip.SipResponse;

/// Actions as short words: `send INVITE`, `again`, `deliver 180`, `A+500` (timer A in 500 ms), `-A`, `end NORMAL`.
final class Recorder implements Output {
  private final List<String> actions = new ArrayList<>();
  final Map<TimerName, Long> timers = new TreeMap<>();
  final List<SipMessage> sent = new ArrayList<>();
  final List<SipMessage> delivered = new ArrayList<>();
  long now;

  static String word(SipMessage message) {
    return switch (message) {
      case SipRequest request -> request.method();
      case SipResponse response -> Integer.toString(response.status());
    };
  }

  /// What happened since the last call.
  List<String> taken() {
    List<String> taken = List.copyOf(actions);
    actions.clear();
    return taken;
  }

  @Override
  public void transmit(SipMessage message) {
    actions.add("send " + word(message));
    sent.add(message);
  }

  @Override
  public void retransmit() {
    actions.add("again");
  }

  @Override
  public void deliver(SipMessage message) {
    actions.add("deliver " + word(message));
    delivered.add(message);
  }

  @Override
  public void schedule(TimerName timer, long atNanos) {
    actions.add(timer + "+" + (atNanos - now) / 1_000_000);
    timers.put(timer, atNanos);
  }

  @Override
  public void cancel(TimerName timer) {
    if (timers.remove(timer) != null) {
      actions.add("-" + timer);
    }
  }

  @Override
  public void ended(Ending why) {
    actions.add("end " + why);
    timers.clear();
  }

  /// Moves to the next timer and takes it off; fails where none is running.
  TimerName next() {
    TimerName due = timers.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
    now = timers.getOrDefault(due, now);
    timers.remove(due);
    return due;
  }
}
