package io.anymq.cli.tests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MavenLineTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[INFO] --- maven-surefire-plugin:3.5.6:test (default-test) @ mq-kafka ---",
        "[INFO] --- surefire:3.5.6:test (default-test) @ mq-kafka ---",
      })
  void goalNamesItsModuleInEveryVersionOfMaven(String line) {
    MavenLine parsed = MavenLine.parse(line).orElseThrow();
    assertThat(parsed.module()).isEqualTo("mq-kafka");
    assertThat(parsed.runsTests()).isTrue();
  }

  @Test
  void summaryNamesTheModulesThatWereLeftOut() {
    assertThat(MavenLine.parse("[INFO] AnyMQ adapter for Kafka ........................ SKIPPED"))
        .contains(new MavenLine(MavenLine.Kind.LEFT_OUT, "AnyMQ adapter for Kafka", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0",
        "[INFO] AnyMQ API .............................. SUCCESS [ 12.1 s]",
        "[INFO] Building AnyMQ API 0.1.0-SNAPSHOT                                  [3/7]",
      })
  void otherLinesSayNothing(String line) {
    assertThat(MavenLine.parse(line)).isEmpty();
  }
}
