package io.anymq.tck.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import io.anymq.tck.Rule;
import io.anymq.tck.RuleCatalogue;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * No rule without a faulty variant: what {@code SpecificationTest} shows to be the rules of the
 * page is all among what {@link MutantTest} shows to fail.
 */
class MutantCatalogueTest {

  @Test
  void everyRuleIsTrippedByAVariant() {
    Set<String> tripped =
        Variant.all().flatMap(each -> each.rules().stream()).collect(Collectors.toSet());
    List<String> untripped =
        RuleCatalogue.kit().rules().stream()
            .map(Rule::id)
            .filter(id -> !tripped.contains(id))
            .toList();
    assertThat(untripped)
        .as("rules that no faulty variant trips; give each one a variant, or its scenario a check")
        .isEmpty();
  }

  @Test
  void everyVariantIsMeantForRulesThatExist() {
    assertThat(Variant.all())
        .allSatisfy(
            variant -> {
              assertThat(variant.rules()).as("the rules of '%s'", variant).isNotEmpty();
              assertThat(RuleCatalogue.kit().select(variant.rules()))
                  .as("the rules of '%s', each once", variant)
                  .hasSameSizeAs(variant.rules());
            });
  }

  @Test
  void noTwoVariantsHaveOneName() {
    assertThat(Variant.all().map(Variant::name)).doesNotHaveDuplicates();
  }
}
