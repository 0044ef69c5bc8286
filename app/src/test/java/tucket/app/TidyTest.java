// Holds the rules on names, sizes and comments that CONTRIBUTING.md states.
package tucket.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TidyTest {
  private static final int FILE_LINES = 500;
  private static final int METHOD_LINES = 60;
  private static final int LINE_COLUMNS = 160;
  private static final Pattern BANNED_NAME = Pattern.compile("(Abstract|Base(?=[A-Z])).*|.*(Manager|Helper|Utils?|Impl)(?=[A-Z].*|$)");
  private static final Pattern BANNED_WORD = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b|/ro" + "ot/|/wo" + "rk/");
  private static final Pattern ACCESSOR = Pattern.compile("get[A-Z].*");

  @Test
  void filesAreShort() {
    assertThat(ProjectFiles.javaSources().stream().filter(f -> lines(f).size() >= FILE_LINES).map(ProjectFiles::name)).isEmpty();
  }

  @Test
  void linesAreNotTooLong() {
    List<String> found = new ArrayList<>();
    for (Path file : ProjectFiles.javaSources()) {
      List<String> lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).length() > LINE_COLUMNS && !lines.get(i).startsWith("import ")) {
          found.add(ProjectFiles.name(file) + ":" + (i + 1));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void eachFileSaysFirstWhatItIsFor() {
    assertThat(ProjectFiles.javaSources().stream().filter(f -> !lines(f).getFirst().startsWith("//")).map(ProjectFiles::name)).isEmpty();
  }

  @Test
  void noUnfinishedWorkAndNoPathOfSomebodysMachine() throws IOException {
    List<Path> files = new ArrayList<>(ProjectFiles.javaSources());
    for (String suffix : List.of(".md", ".conf", ".sh", ".scene", ".tsv", ".xml")) {
      files.addAll(ProjectFiles.under(ProjectFiles.root().resolve("docs"), suffix));
      files.addAll(ProjectFiles.under(ProjectFiles.root().resolve("examples"), suffix));
      for (String module : ProjectFiles.MODULES) {
        files.addAll(ProjectFiles.under(ProjectFiles.root().resolve(module).resolve("src/main"), suffix));
      }
    }
    try (Stream<Path> top = Files.list(ProjectFiles.root())) {
      top.filter(p -> Files.isRegularFile(p) && (p.toString().endsWith(".md") || p.endsWith("tucket"))).forEach(files::add);
    }
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      BANNED_WORD.matcher(ProjectFiles.text(file)).results().forEach(r -> found.add(ProjectFiles.name(file) + ": " + r.group()));
    }
    assertThat(found).isEmpty();
  }

  @Test
  void packagesAreDocumentedAndNullMarked() {
    List<String> found = new ArrayList<>();
    for (Path file : ProjectFiles.javaSources()) {
      if (file.toString().contains("src" + java.io.File.separator + "main")) {
        Path info = file.resolveSibling("package-info.java");
        if (!Files.exists(info)) {
          found.add(ProjectFiles.name(info) + " is missing");
        } else if (!ProjectFiles.text(info).contains("@NullMarked") || !ProjectFiles.text(info).contains("/// ")) {
          found.add(ProjectFiles.name(info) + " lacks @NullMarked or its /// text");
        }
      }
    }
    assertThat(found.stream().distinct()).isEmpty();
  }

  @Test
  void namesSayWhatThingsAreAndMethodsAreShort() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> found = new ArrayList<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
      var sources = files.getJavaFileObjectsFromPaths(ProjectFiles.javaSources());
      JavacTask task = (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, sources);
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        unit.accept(new Walk(unit, positions, found), null);
      }
    }
    assertThat(found).isEmpty();
  }

  private static List<String> lines(Path file) {
    return ProjectFiles.text(file).lines().toList();
  }

  /// Looks at each class and method of one file.
  private static final class Walk extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> found;

    Walk(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
      this.unit = unit;
      this.positions = positions;
      this.found = found;
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, @Nullable Void nothing) {
      if (BANNED_NAME.matcher(tree.getSimpleName()).matches()) {
        report(tree, "the name " + tree.getSimpleName() + " says nothing");
      }
      return super.visitClass(tree, nothing);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree tree, @Nullable Void nothing) {
      boolean given = tree.getModifiers().getAnnotations().stream().anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
      if (ACCESSOR.matcher(tree.getName()).matches() && !given) {
        report(tree, "method " + tree.getName() + ": no get prefix");
      }
      long lines = line(positions.getEndPosition(unit, tree)) - line(positions.getStartPosition(unit, tree)) + 1;
      if (lines >= METHOD_LINES) {
        report(tree, "method " + tree.getName() + " has " + lines + " lines");
      }
      return super.visitMethod(tree, nothing);
    }

    private long line(long position) {
      return unit.getLineMap().getLineNumber(position);
    }

    private void report(Tree tree, String what) {
      found.add(ProjectFiles.name(Path.of(unit.getSourceFile().toUri())) + ":" + line(positions.getStartPosition(unit, tree)) + " " + what);
    }
  }
}
