package io.anymq.tck.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.tck.Rule;
import io.anymq.tck.RuleCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/implementing-a-backend.md} shows is the code of this package. */
class GuideTest {

  private static final Path PAGE = Path.of("..", "..", "docs", "implementing-a-backend.md");
  private static final Path SOURCES = Path.of("src/test/java/io/anymq/tck/guide");

  private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
  private static final Pattern STEP = Pattern.compile("^## (\\d+)\\. ", Pattern.MULTILINE);
  private static final Pattern RULE_ID = Pattern.compile("\\b[A-Z]{2,}-\\d{2}\\b");
  private static final Pattern WHITE = Pattern.compile("\\s+");

  private static final int STEPS = 10;

  @Test
  void everyBlockOfThePageIsInTheSources() throws IOException {
    List<String> sources = sources();
    List<String> blocks = found(BLOCK, 1);
    assertThat(blocks).as("the blocks of code in %s", PAGE).hasSizeGreaterThanOrEqualTo(STEPS);
    List<String> strange =
        blocks.stream()
            .filter(block -> sources.stream().noneMatch(file -> file.contains(normal(block))))
            .toList();
    assertThat(strange)
        .as("blocks of %s that are in no file of %s; copy them from there", PAGE, SOURCES)
        .isEmpty();
  }

  @Test
  void thePageHasTenStepsInOrder() throws IOException {
    List<String> numbers = IntStream.rangeClosed(1, STEPS).mapToObj(Integer::toString).toList();
    assertThat(found(STEP, 1)).as("the steps of %s", PAGE).isEqualTo(numbers);
  }

  @Test
  void everyRuleThatThePageNamesExists() throws IOException {
    List<String> rules = RuleCatalogue.kit().rules().stream().map(Rule::id).toList();
    assertThat(found(RULE_ID, 0)).as("the rules named in %s", PAGE).isNotEmpty().isSubsetOf(rules);
  }

  private static List<String> found(Pattern pattern, int group) throws IOException {
    return pattern
        .matcher(Files.readString(PAGE))
        .results()
        .map((MatchResult result) -> result.group(group))
        .toList();
  }

  private static List<String> sources() throws IOException {
    List<String> sources = new ArrayList<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.sorted().toList()) {
        sources.add(normal(Files.readString(file)));
      }
    }
    return sources;
  }

  private static String normal(String text) {
    return WHITE.matcher(text).replaceAll(" ").strip();
  }
}
