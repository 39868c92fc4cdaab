package io.anymq.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.InvalidOptionException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every sample on a hub in this JVM, judged by what it prints. */
class SamplesTest {

  private final String url = "zeromq:inproc://" + Names.unique("samples-test");

  @Test
  void helloGetsTheReplyToEachRequest() throws Exception {
    assertThat(Captured.linesOf(Hello::main, "--url", url))
        .containsExactly("World -> Hello, World!", "Zoë -> Hello, Zoë!", "宮本 -> Hello, 宮本!");
  }

  @Test
  void weatherReachesBothSubscribersInFull() throws Exception {
    assertThat(Captured.linesOf(Weather::main, "--url", url))
        .containsExactly(
            "station: 72 readings published",
            "frost watch: 72 readings heard, 15 below zero",
            "almanac: 72 readings heard, Lisbon had 18.0 degrees on average");
  }

  @Test
  void workIsSharedAndItsResultsAreComplete() throws Exception {
    List<String> lines = Captured.linesOf(Work::main, "--url", url);
    assertThat(lines).first().isEqualTo("ventilator: 100 tasks sent, 100 wait in the queue");
    assertThat(lines).last().isEqualTo("sink: 100 results, 9592 primes below 100000");
    assertThat(lines).filteredOn(line -> line.startsWith("worker ")).hasSizeGreaterThan(1);
  }

  @Test
  void chatPlaysItsScriptInOrder() throws Exception {
    assertThat(Captured.linesOf(Chat::main, "--url", url, "--script"))
        .containsExactly(
            "Ann: Is the new coffee in?",
            "Ben: Since this morning.",
            "Zoë: Keep a bag for me, please!",
            "Ann: Two are left.",
            "Ben: One.",
            "Zoë leaves",
            "Ben leaves",
            "Ann leaves");
  }

  @Test
  void chatSaysWhatIsPipedIntoIt() throws Exception {
    assertThat(
            Captured.linesOf(
                "first\n\nsecond\n", Chat::main, "--url", url, "--name", "Eve", "--room", "den"))
        .containsExactly(
            "Eve enters samples.chat.den; the end of the input leaves it",
            "Eve: first",
            "Eve: second",
            "Eve leaves");
  }

  @Test
  void quickstartTakesItsBackendFromTheConfiguration() throws Exception {
    System.setProperty("anymq.url", url);
    try {
      assertThat(Captured.linesOf(Quickstart::main))
          .containsExactly("1 message waits", "Hello from zeromq");
    } finally {
      System.clearProperty("anymq.url");
    }
  }

  @Test
  void unknownArgumentIsNamed() {
    assertThatThrownBy(() -> Hello.main("--ulr", url)).hasMessageContaining("'--ulr'");
    assertThatThrownBy(() -> Work.main("--url")).hasMessageContaining("'--url'");
  }

  @Test
  void unknownBackendIsRefusedBeforeAnythingIsDone() {
    assertThatThrownBy(() -> Weather.main("--url", "carrier-pigeon://loft"))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("carrier-pigeon");
  }
}
