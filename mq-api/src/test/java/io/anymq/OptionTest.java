package io.anymq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionTest {

  private static final Option<Duration> WAIT =
      Option.duration("wait", Duration.ofSeconds(1), "how long");

  @ParameterizedTest
  @CsvSource({"500ms, PT0.5S", "30s, PT30S", "5m, PT5M", "1h30m, PT1H30M", "PT2S, PT2S"})
  void durationsAreReadAsPeopleWriteThem(String text, Duration expected) {
    assertThat(WAIT.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "ms", "-1s", "0s", "1 parsec"})
  void badDurationsAreRefusedWithTheForm(String text) {
    assertThatThrownBy(() -> WAIT.parse(text))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("'wait'")
        .hasMessageContaining("500ms");
  }

  @Test
  void aSecretIsNotPrintedWhenItIsSetNorWhenItIsWrong() {
    Option<String> secret = Option.secret("password", "the password");
    assertThat(Options.none().with(secret, "hush").toString()).doesNotContain("hush");
  }

  @Test
  void optionsHaveTheirDefaultUntilTheyAreSet() {
    assertThat(Options.none().get(WAIT)).isEqualTo(Duration.ofSeconds(1));
    assertThat(Options.none().with(WAIT, Duration.ofSeconds(2)).get(WAIT)).hasSeconds(2);
    assertThatThrownBy(() -> Options.none().get(ConnectionOptions.USER))
        .isInstanceOf(InvalidOptionException.class);
  }

  @Test
  void choicesAreWrittenInLowerCaseWithDashes() {
    Option<ErrorCode> choice =
        Option.choice("code", ErrorCode.class, ErrorCode.CLOSED, "which code");
    assertThat(choice.parse("queue-full")).isEqualTo(ErrorCode.QUEUE_FULL);
    assertThatThrownBy(() -> choice.parse("nope")).hasMessageContaining("queue-full");
  }
}
