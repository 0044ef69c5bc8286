// An input that a parser could not stand.
package tucket.protocol.fuzz;

/// The message says all that is needed to repeat it; the cause is what was thrown, with its stack trace. Where [#slow], the input only took too long.
public final class Finding extends RuntimeException {
  private final transient byte[] input;
  private final boolean slow;

  Finding(String where, byte[] input, Throwable cause) {
    super(where + ": " + cause + "; the input is " + Fuzzer.printable(input), cause);
    this.input = input.clone();
    this.slow = false;
  }

  Finding(String where, byte[] input, long nanos) {
    super(where + ": took " + nanos / 1_000_000 + " ms; the input is " + Fuzzer.printable(input));
    this.input = input.clone();
    this.slow = true;
  }

  /// The bytes that did it.
  public byte[] input() {
    return input.clone();
  }

  public boolean slow() {
    return slow;
  }
}
