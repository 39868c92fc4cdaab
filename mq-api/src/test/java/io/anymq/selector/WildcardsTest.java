package io.anymq.selector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Patterns of LIKE, against regular expressions of the same meaning. */
@Timeout(30)
class WildcardsTest {

  private final Random random = new Random(1992);

  private String some(String alphabet, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static Pattern regex(String pattern) {
    return Pattern.compile(pattern.replace("%", ".*").replace("_", "."), Pattern.DOTALL);
  }

  private static void agree(String pattern, String text) {
    assertThat(new Wildcards(pattern, -1).matches(text))
        .as("'%s' LIKE '%s'", text, pattern)
        .isEqualTo(regex(pattern).matcher(text).matches());
  }

  @Test
  void shortPatternsMeanWhatTheySay() {
    for (int i = 0; i < 50_000; i++) {
      agree(some("ab%_", random.nextInt(7)), some("ab", random.nextInt(9)));
    }
  }

  @Test
  void patternsAcrossTheBordersOfWordsMeanWhatTheySay() {
    for (int i = 0; i < 3_000; i++) {
      String part = some("ab", 120 + random.nextInt(20));
      String text = some("ab", random.nextInt(80)) + part + some("ab", random.nextInt(80));
      int cut = 50 + random.nextInt(60);
      String pattern = part.substring(0, cut) + "_" + part.substring(cut + 1);
      agree("%" + pattern + "%", text);
      agree("%" + pattern, text);
      agree(some("ab_", 3) + "%" + pattern + "%", text);
    }
  }

  @Test
  void charactersBeyondTheBasicPlaneAreOne() {
    assertThat(new Wildcards("_", -1).matches("😀")).isTrue();
    assertThat(new Wildcards("%😀_", -1).matches("a😀😀b")).isTrue();
    assertThat(new Wildcards("__", -1).matches("😀")).isFalse();
  }

  @Test
  void noTextMakesAPatternTakeItsTime() {
    String text = "a".repeat(1_000_000);
    assertThat(new Wildcards("%" + "a".repeat(8_000) + "b%", -1).matches(text)).isFalse();
    assertThat(new Wildcards("%" + "_a".repeat(4_000) + "b", -1).matches(text)).isFalse();
    assertThat(new Wildcards("%a".repeat(8_000) + "%b", -1).matches(text)).isFalse();
    assertThat(new Wildcards("%" + "a_".repeat(4_000) + "%", -1).matches(text)).isTrue();
  }
}
