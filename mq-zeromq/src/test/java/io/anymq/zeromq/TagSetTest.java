package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TagSetTest {

  @Test
  void neighboursBecomeOneRange() {
    TagSet tags = new TagSet();
    for (long tag : new long[] {1, 2, 5, 4, 3, 3, 9}) {
      tags.add(tag);
    }
    assertThat(tags.ranges()).containsExactly(new TagRange(1, 5), new TagRange(9, 1));
  }

  @Test
  void itHoldsWhatWasAdded() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      TagSet tags = new TagSet();
      TreeSet<Long> model = new TreeSet<>();
      for (int i = 0; i < 200; i++) {
        long tag = 1L + random.nextInt(300);
        tags.add(tag);
        model.add(tag);
        TreeSet<Long> told = new TreeSet<>();
        long before = 0;
        for (TagRange range : tags.ranges()) {
          assertThat(range.first())
              .as("seed %d", seed)
              .isGreaterThan(before + (before == 0 ? 0 : 1));
          for (long each = range.first(); each < range.end(); each++) {
            told.add(each);
          }
          before = range.end() - 1;
        }
        assertThat(told).as("seed %d", seed).isEqualTo(model);
      }
    }
  }
}
