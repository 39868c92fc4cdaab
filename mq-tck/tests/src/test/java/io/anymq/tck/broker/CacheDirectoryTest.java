package io.anymq.tck.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheDirectoryTest {

  @TempDir Path root;

  private CacheDirectory cache() {
    return CacheDirectory.of(BrokerSettings.system().with("anymq.cache", root.toString()));
  }

  @Test
  void makesAnEntryOnceForAllWhoWantItAtTheSameTime() throws IOException {
    AtomicInteger made = new AtomicInteger();
    List<CompletableFuture<Path>> all =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> cache().entry("a/b", (part, place) -> fill(part, made))))
            .toList();
    for (CompletableFuture<Path> each : all) {
      assertThat(each.join().resolve("file")).hasContent("whole");
    }
    assertThat(made).hasValue(1);
    assertThat(root.resolve("a/b.part")).doesNotExist();
  }

  private static void fill(Path part, AtomicInteger made) throws IOException {
    made.incrementAndGet();
    Files.writeString(part.resolve("file"), "whole");
  }

  @Test
  void leavesNothingOfAnEntryThatCouldNotBeMade() {
    assertThatThrownBy(() -> cache().entry("broken", CacheDirectoryTest::breakOff))
        .isInstanceOf(BrokerUnavailableException.class)
        .hasMessageContaining("line is down");
    assertThat(root.resolve("broken")).doesNotExist();
    assertThat(root.resolve("broken.part")).doesNotExist();
  }

  private static void breakOff(Path part, Path place) throws IOException {
    Files.writeString(part.resolve("half"), place.toString());
    throw new IOException("line is down");
  }
}
