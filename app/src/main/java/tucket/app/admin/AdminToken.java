// The secret that opens the admin API.
package tucket.app.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import tucket.transport.Chance;
import tucket.transport.Unavailable;

/// Lies in `<data>/admin.token`, readable by its owner alone: whoever may read the data folder may administer the server.
public record AdminToken(String value) {
  private static final String FILE = "admin.token";

  /// The token of a data folder, made where there is none.
  public static AdminToken in(Path data, Chance chance) {
    Optional<AdminToken> there = find(data);
    if (there.isPresent()) {
      return there.get();
    }
    Path file = data.resolve(FILE);
    String fresh = chance.token(32);
    try {
      Files.createDirectories(data);
      boolean posix = data.getFileSystem().supportedFileAttributeViews().contains("posix");
      FileAttribute<?>[] owner =
          posix
              ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
              : new FileAttribute<?>[0];
      try (var channel = Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), owner)) {
        channel.write(java.nio.ByteBuffer.wrap((fresh + "\n").getBytes(StandardCharsets.US_ASCII)));
      }
      return new AdminToken(fresh);
    } catch (FileAlreadyExistsException e) {
      return find(data).orElseThrow(() -> new Unavailable("Can't read " + file + ": it belongs to somebody else."));
    } catch (IOException e) {
      throw new Unavailable("Can't write " + file + " (" + e.getMessage() + "): choose another folder with the setting data.", e);
    }
  }

  /// The token of a data folder, if there is one that we may read.
  public static Optional<AdminToken> find(Path data) {
    try {
      String text = Files.readString(data.resolve(FILE)).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(new AdminToken(text));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Whether an Authorization header carries it; takes the same time wherever it differs.
  public boolean opens(String authorization) {
    byte[] wanted = ("Bearer " + value).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(wanted, authorization.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "AdminToken[...]";
  }
}
