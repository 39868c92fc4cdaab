package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.ConnectionOptions;
import io.anymq.ConsumerOptions;
import io.anymq.RedeliveryDelay;
import io.anymq.spi.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The figures that docs/using.md and Javadoc name are those of the code. */
class FiguresTest {

  private static final Path USING = Path.of("../docs/using.md");
  private static final Path DELAY = Path.of("src/main/java/io/anymq/RedeliveryDelay.java");

  @Test
  void pageNamesTheSendWindow() throws IOException {
    assertThat(textOf(USING))
        .contains("up to %d under way".formatted(ConnectionOptions.SEND_WINDOW.defaultValue()));
  }

  @Test
  void pageNamesHowOftenAMessageIsDelivered() throws IOException {
    int most = ConsumerOptions.DEFAULT.maxDeliveries();
    assertThat(textOf(USING))
        .contains("after %d deliveries it is a dead letter".formatted(most))
        .contains("counts towards the %d when".formatted(most));
  }

  @Test
  void pageNamesTheDelayOfARedelivery() throws IOException {
    RedeliveryDelay delay = ConsumerOptions.DEFAULT.redeliveryDelay();
    assertThat(textOf(USING))
        .contains(
            "grows from %s to %s, doubled each time"
                .formatted(Texts.of(delay.first()), Texts.of(delay.max())));
    assertThat(delay.multiplier()).isEqualTo(2);
  }

  @Test
  void pageNamesHowManyStagesMayBlockAndForHowLong() throws IOException {
    assertThat(textOf(USING))
        .contains(
            "for a fifth of a second at most, until %d".formatted(CompletionThreads.MOST_THREADS));
    assertThat(Completions.TICK.multipliedBy(2)).isEqualTo(Duration.ofSeconds(1).dividedBy(5));
  }

  @Test
  void javadocNamesTheDelayAndHowLongAMessageIsTried() throws IOException {
    RedeliveryDelay delay = RedeliveryDelay.DEFAULT;
    assertThat(textOf(DELAY))
        .contains("A tenth of a second, doubled each time, up to 10 seconds.")
        .contains("With the default of ten deliveries a message is tried for half a minute");
    assertThat(delay)
        .isEqualTo(
            RedeliveryDelay.exponential(
                Duration.ofSeconds(1).dividedBy(10), 2, Duration.ofSeconds(10)));
    assertThat(ConsumerOptions.DEFAULT_MAX_DELIVERIES).isEqualTo(10);
    Duration tried = Duration.ZERO;
    for (int deliveries = 1; deliveries < ConsumerOptions.DEFAULT_MAX_DELIVERIES; deliveries++) {
      tried = tried.plus(delay.after(deliveries));
    }
    assertThat(tried).isBetween(Duration.ofSeconds(28), Duration.ofSeconds(35));
  }

  /** With single blanks instead of line ends and of what begins a line of Javadoc. */
  private static String textOf(Path file) throws IOException {
    return Files.readString(file).replaceAll("\\s+(\\* )?", " ");
  }
}
