// What the statuses of devices mean.
package tucket.server.im.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTest {
  @ParameterizedTest
  @ValueSource(ints = {200, 202, 299})
  void a2xxIsAnAcknowledgement(int status) {
    assertThat(Answer.of(status)).isEqualTo(Answer.ACKNOWLEDGED);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 404, 408, 410, 430, 480, 482, 483, 486, 487, 491, 500, 502, 503, 504, 580})
  void whatPassesIsTriedAgain(int status) {
    assertThat(Answer.of(status)).isEqualTo(Answer.FAILING);
    assertThat(Answer.of(status).isForGood()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 405, 501})
  void aWrongClientTakesNoMessageAtAll(int status) {
    assertThat(Answer.of(status)).isEqualTo(Answer.WRONG_CLIENT);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 406, 407, 413, 415, 416, 420, 488, 493, 505, 513})
  void whatIsWrongWithTheMessageStaysWrong(int status) {
    assertThat(Answer.of(status)).isEqualTo(Answer.REFUSED);
    assertThat(Answer.of(status).isForGood()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {600, 603, 604, 606})
  void a6xxIsTheUsersWord(int status) {
    assertThat(Answer.of(status)).isEqualTo(Answer.DECLINED);
  }
}
