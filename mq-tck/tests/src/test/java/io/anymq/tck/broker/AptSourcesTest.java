package io.anymq.tck.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class AptSourcesTest {

  private static final AptSources SOURCES = new AptSources("bookworm", "trixie");

  @Test
  void keepsTheStanzasOfThisReleaseAndMovesTheirSuites() {
    String moved =
        SOURCES.stanzas(
            """
            Types: deb
            # http://comment.example/bookworm
            URIs: http://mirror.example/debian
            Suites: bookworm bookworm-updates
            Components: main

            Types: deb
            URIs: http://other.example/node
            Suites: nodistro
            Components: main

            Types: deb
            URIs: http://mirror.example/debian-security
            Suites: bookworm-security
            Components: main
            """);
    assertThat(moved)
        .contains("Suites: trixie trixie-updates\n", "Suites: trixie-security\n")
        .doesNotContain("other.example", "comment.example", "bookworm");
  }

  @Test
  void keepsTheLinesOfThisReleaseAndMovesTheirSuites() {
    String moved =
        SOURCES.lines(
            """
            # deb http://mirror.example/debian bookworm main
            deb [signed-by=/keys.gpg] http://mirror.example/debian bookworm-updates main
            deb-src http://mirror.example/debian bookworm main
            deb http://other.example/apt cloud-sdk-bookworm main
            """);
    assertThat(moved)
        .isEqualTo("deb [signed-by=/keys.gpg] http://mirror.example/debian trixie-updates main\n");
  }

  @Test
  void knowsWhatComesNextOnDebianOnly() throws IOException {
    assertThat(NextRelease.next("ID=debian\nVERSION_CODENAME=bookworm\n")).isEqualTo("trixie");
    assertThatThrownBy(() -> NextRelease.next("ID=ubuntu\nVERSION_CODENAME=noble\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("noble");
  }
}
