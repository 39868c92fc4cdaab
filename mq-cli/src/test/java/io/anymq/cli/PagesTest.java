package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the pages say is what the code says. When one of these fails, run {@code ./mq docs}. */
class PagesTest {

  private static final Path HOME = Path.of("..");

  @Test
  void optionsAreThoseOfTheAdapters() throws IOException {
    assertThat(DocsCommand.options(HOME).read()).isEqualTo(OptionTable.lines());
  }

  @Test
  void programOfTheReadmeIsTheSample() throws IOException {
    assertThat(DocsCommand.program(HOME).read()).isEqualTo(DocsCommand.programLines(HOME));
  }
}
