// The sentences of the scene language: the first that fits a whole line is performed.
package tucket.app.scene;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// In the patterns `WHO` is a person, or one of several devices of his (`bob's tablet`), `TEXT` a quoted text, and `STATUS` an optional
/// ending such as `-> 202` or `-> 403 "Size exceeded"`.
final class Steps {
  private static final String WHO = "(?<who>\\w+(?:@[\\w.-]+)?)(?:'s (?<device>\\w+))?";
  private static final String TEXT = "\"(?<text>[^\"]*)\"";
  private static final String STATUS = "(?: -> (?<status>\\d{3})(?: \"(?<reason>[^\"]*)\")?)?";

  private final Stage stage;
  private final List<Sentence> sentences = new ArrayList<>();

  private record Sentence(Pattern pattern, Meaning meaning) {}

  /// What a sentence does.
  interface Meaning {
    void perform(Said said);
  }

  /// One line that fitted a sentence.
  record Said(Stage stage, Matcher match, Block block) {
    /// The part of that name, or empty text.
    String part(String name) {
      return Words.or(match.group(name), "");
    }

    boolean has(String name) {
      return match.group(name) != null;
    }

    @Nullable String reason() {
      return match.group("reason");
    }

    Phone phone() {
      return stage.phone(part("who"), part("device"));
    }

    int number(String name) {
      return Integer.parseInt(part(name));
    }
  }

  Steps(Stage stage) {
    this.stage = stage;
    PhoneSentences.tell(this);
    MessageSentences.tell(this);
    WireSentences.tell(this);
    SessionSentences.tell(this);
    PublicationSentences.tell(this);
    OperatorSentences.tell(this);
    DocumentSentences.tell(this);
  }

  void on(String pattern, Meaning meaning) {
    sentences.add(new Sentence(Pattern.compile(pattern.replace("WHO", WHO).replace("TEXT", TEXT).replace("STATUS", STATUS)), meaning));
  }

  void perform(Scene.Line line) {
    String text = stage.filled(line.text());
    for (Sentence sentence : sentences) {
      Matcher match = sentence.pattern.matcher(text);
      if (match.matches()) {
        sentence.meaning.perform(new Said(stage, match, line.block().map(stage::filled)));
        return;
      }
    }
    throw new AssertionError("no such sentence; docs/scenes.md lists them");
  }
}
