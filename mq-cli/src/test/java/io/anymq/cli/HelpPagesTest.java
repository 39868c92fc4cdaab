package io.anymq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The launcher shows the commands' help from files, without a build. When this fails, run {@code
 * ./mq docs}.
 */
class HelpPagesTest {

  @Test
  void filesSayWhatTheCommandsSay() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> pages = Files.list(HelpPages.directory(Path.of("..")))) {
      for (Path page : pages.toList()) {
        files.put(page.getFileName().toString(), Files.readString(page));
      }
    }
    assertThat(files).isEqualTo(HelpPages.pages());
  }
}
