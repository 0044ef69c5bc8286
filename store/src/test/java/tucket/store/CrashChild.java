// The process that CrashContract kills: writes as fast as it can and prints what was acknowledged.
package tucket.store;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Prints `opening`, `opened`, then `WRITER NUMBER .` after each acknowledged transaction, each line in one piece. It ends by itself after
/// two minutes, in case nobody kills it.
public final class CrashChild implements AutoCloseable {
  private static final int LIFE_SECONDS = 120;

  private final Process process;
  private final BufferedReader lines;
  private final Path errors;

  /// Starts the process; `contract` is the class of the test, which opens the engine there.
  CrashChild(Class<? extends CrashContract> contract, Path folder, int writers) throws IOException {
    errors = Files.createTempFile("crash-child", ".txt");
    process = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-Xmx256m", "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), CrashChild.class.getName(),
        contract.getName(), folder.toString(), String.valueOf(writers))
        .redirectError(errors.toFile()).start();
    lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /// The next line; fails where the process ended by itself.
  String line() throws IOException {
    return optionalLine().orElseThrow(() -> new AssertionError("the child ended by itself: " + errorText()));
  }

  /// The next line, or nothing at the end.
  Optional<String> optionalLine() throws IOException {
    return Optional.ofNullable(lines.readLine());
  }

  private String errorText() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// SIGKILL.
  void kill() {
    process.toHandle().destroyForcibly(); // the process object itself would close the pipe, with lines still in it
  }

  @Override
  public void close() throws IOException {
    kill();
    process.onExit().join();
    lines.close();
    Files.deleteIfExists(errors);
  }

  /// `CLASS FOLDER WRITERS`.
  public static void main(String[] arguments) throws Exception {
    Thread.ofPlatform().daemon().start(CrashChild::endSomeDay);
    Constructor<?> constructor = Class.forName(arguments[0]).getDeclaredConstructor();
    constructor.setAccessible(true);
    CrashContract contract = (CrashContract) constructor.newInstance();
    ReentrantLock lock = new ReentrantLock();
    print(lock, "opening");
    Engine engine = contract.open(Path.of(arguments[1]));
    print(lock, "opened");
    List<Thread> threads = new ArrayList<>();
    for (int w = 0; w < Integer.parseInt(arguments[2]); w++) {
      int writer = w;
      threads.add(Thread.startVirtualThread(() -> {
        while (true) {
          print(lock, writer + " " + CrashModel.next(engine, writer) + " .");
        }
      }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void endSomeDay() {
    try {
      Thread.sleep(Duration.ofSeconds(LIFE_SECONDS));
    } catch (InterruptedException e) {
      // Then now.
    }
    Runtime.getRuntime().halt(3);
  }

  private static void print(ReentrantLock lock, String line) {
    lock.lock();
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out) {
      @Override
      public void close() {}
    }) {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      Runtime.getRuntime().halt(2);
    } finally {
      lock.unlock();
    }
  }
}
