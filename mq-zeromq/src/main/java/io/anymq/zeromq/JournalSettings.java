package io.anymq.zeromq;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.slf4j.LoggerFactory;

/**
 * What a journal is made with.
 *
 * @param directory where it is
 * @param segmentBytes when another file is begun
 * @param usable tells how many bytes are free there
 * @param clock the wall's, for times that hold over a restart
 * @param opener opens its files
 */
record JournalSettings(
    Path directory,
    long segmentBytes,
    LongSupplier usable,
    Clock clock,
    JournalDirectory.Opener opener) {

  JournalSettings(Path directory, long segmentBytes, LongSupplier usable, Clock clock) {
    this(directory, segmentBytes, usable, clock, FileChannel::open);
  }

  static JournalSettings of(Path directory) {
    return new JournalSettings(
        directory, Journal.SEGMENT_BYTES, () -> usable(directory), Clock.systemUTC());
  }

  /** A system that does not tell is not asked to keep a reserve. */
  private static long usable(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      LoggerFactory.getLogger(JournalSettings.class)
          .warn("How much of the disk of {} is free cannot be told", directory, e);
      return Long.MAX_VALUE;
    }
  }
}
