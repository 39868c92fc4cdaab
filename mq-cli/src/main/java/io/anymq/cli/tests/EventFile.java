package io.anymq.cli.tests;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads on in the file that the tests' JVMs append to. For one thread. */
final class EventFile implements Closeable {

  private final RandomAccessFile file;
  private String rest = "";

  EventFile(Path path) throws IOException {
    file = new RandomAccessFile(path.toFile(), "r");
  }

  /** What was written since the last call. */
  List<TestEvent> next() throws IOException {
    byte[] bytes = new byte[(int) (file.length() - file.getFilePointer())];
    file.readFully(bytes);
    String text = rest + new String(bytes, StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n') + 1;
    rest = text.substring(end);
    return text.substring(0, end).lines().map(TestEvent::parse).flatMap(Optional::stream).toList();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
