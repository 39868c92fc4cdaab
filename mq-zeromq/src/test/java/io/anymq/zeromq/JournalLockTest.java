package io.anymq.zeromq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.MessagingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong with a hub's files, the next hub in the process gets the directory. */
@Timeout(30)
class JournalLockTest {

  @TempDir private Path directory;

  private KeptHub open(JournalDirectory.Opener opener) {
    return new KeptHub(
        new JournalSettings(directory, 1_000, () -> Long.MAX_VALUE, Clock.systemUTC(), opener));
  }

  private void assertFree() throws Exception {
    try (KeptHub next = open(FileChannel::open)) {
      assertThat(next.texts("q")).containsExactly("a");
    }
  }

  private void keepOne() throws Exception {
    try (KeptHub hub = open(FileChannel::open)) {
      KeptHub.send(hub.queue("q"), "a");
    }
  }

  @Test
  void afterAFileThatCouldNotBeClosed() throws Exception {
    UnsafeDisk disk = new UnsafeDisk();
    KeptHub hub = open(disk);
    KeptHub.send(hub.queue("q"), "a");
    hub.write();
    disk.refuseToClose();
    hub.content().storage().abandon();
    assertFree();
  }

  @Test
  void afterAFileThatCouldNotBeRead() throws Exception {
    keepOne();
    assertThatThrownBy(
            () ->
                open(
                    (file, options) -> {
                      throw new IOException("a fault, for the test");
                    }))
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("a fault, for the test");
    assertFree();
  }

  /** A journal that the memory does not hold is refused in a sentence. */
  @Test
  void afterAnError() throws Exception {
    keepOne();
    assertThatThrownBy(
            () ->
                open(
                    (file, options) -> {
                      throw new OutOfMemoryError("for the test");
                    }))
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("does not fit into this JVM's heap");
    assertFree();
  }

  @Test
  void afterANextFileThatCouldNotBeBegun() throws Exception {
    keepOne();
    UnsafeDisk disk = new UnsafeDisk();
    disk.refuseToWrite();
    assertThatThrownBy(() -> open(disk)).isInstanceOf(MessagingException.class);
    assertThat(disk.stillOpen()).as("files that were left open").isZero();
    assertFree();
  }
}
