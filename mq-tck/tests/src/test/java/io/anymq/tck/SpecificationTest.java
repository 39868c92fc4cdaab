package io.anymq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/spec.md} and the scenarios say the same, both ways. */
class SpecificationTest {

  private static final Path SPECIFICATION = Path.of("..", "..", "docs", "spec.md");

  private static final Pattern RULE =
      Pattern.compile(
          "^### ([A-Z]+-\\d+) (.+)\\n\\n\\*(.+)\\*\\n\\n((?!Needs: |Done to).+(?:\\n.+)*)\\n"
              + "(?:\\n(?:Needs: ([A-Z_, ]+)\\.)? ?(?:Done to the broker: ([A-Z_, ]+)\\.)?\\n)?",
          Pattern.MULTILINE);

  /** A rule as the page has it. */
  private record Written(String title, String intent, String text, String needs, String controls) {}

  @Test
  void everyRuleHasAScenarioAndEveryScenarioARule() throws IOException {
    List<String> kit = RuleCatalogue.kit().rules().stream().map(Rule::id).toList();
    assertThat(written().keySet())
        .as("the rules of docs/spec.md, against the scenarios of the kit")
        .containsExactlyElementsOf(kit);
  }

  @Test
  void titlesIntentsAndNeedsAgree() throws IOException {
    Map<String, Written> written = written();
    for (Rule rule : RuleCatalogue.kit().rules()) {
      Written page = written.getOrDefault(rule.id(), new Written("", "", "", "", ""));
      assertThat(page.title()).as("title of %s", rule.id()).isEqualTo(rule.title());
      assertThat(page.intent()).as("intent of %s", rule.id()).isEqualTo(rule.intent());
      assertThat(page.needs()).as("needs of %s", rule.id()).isEqualTo(joined(rule.needs()));
      assertThat(page.controls())
          .as("what %s does to the broker", rule.id())
          .isEqualTo(joined(rule.controls()));
    }
  }

  @Test
  void everyRuleHasAText() throws IOException {
    written()
        .forEach((id, rule) -> assertThat(rule.text()).as("text of %s", id).hasSizeGreaterThan(20));
  }

  private static Map<String, Written> written() throws IOException {
    Matcher matcher = RULE.matcher(Files.readString(SPECIFICATION));
    Map<String, Written> rules = new LinkedHashMap<>();
    while (matcher.find()) {
      String needs = matcher.group(5);
      String controls = matcher.group(6);
      rules.put(
          matcher.group(1),
          new Written(
              matcher.group(2),
              matcher.group(3),
              matcher.group(4),
              needs == null ? "" : needs,
              controls == null ? "" : controls));
    }
    return rules;
  }

  private static String joined(Set<? extends Enum<?>> words) {
    return words.stream().map(Enum::name).collect(Collectors.toCollection(TreeSet::new)).stream()
        .collect(Collectors.joining(", "));
  }
}
