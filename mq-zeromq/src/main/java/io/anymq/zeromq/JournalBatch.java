package io.anymq.zeromq;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The records of one batch, which is in the journal whole or not at all. Payloads are written from
 * where they are. For one thread.
 */
final class JournalBatch {

  private final WireWriter heads = new WireWriter();
  private final List<Blob> blobs = new ArrayList<>();
  private long length;

  private record Blob(int behind, ByteBuffer bytes) {}

  /** Where to write what is no payload. */
  WireWriter out() {
    return heads;
  }

  /** Appends bytes, with their length before them. They must not be changed any more. */
  void blob(byte[] bytes) {
    heads.i32(bytes.length);
    blobs.add(new Blob(heads.size(), ByteBuffer.wrap(bytes)));
    length += bytes.length;
  }

  long length() {
    return length + heads.size();
  }

  boolean isEmpty() {
    return length() == 0;
  }

  /**
   * Writes the batch to where the channel is, through a buffer that is empty before and afterwards.
   *
   * @param number the batch's number
   * @param forced the last batch that is known to be on the disk
   * @return how many bytes it takes there
   */
  long writeTo(
      FileChannel channel,
      ByteBuffer buffer,
      JournalFormat.Segment segment,
      long number,
      long forced)
      throws IOException {
    Output output = new Output(channel, buffer, segment.check());
    JournalFormat.putHeader(buffer, segment, new JournalFormat.Batch(length(), number, forced));
    ByteBuffer records = heads.take();
    int position = 0;
    for (Blob blob : blobs) {
      output.put(records.slice(position, blob.behind() - position));
      output.put(blob.bytes());
      position = blob.behind();
    }
    output.put(records.slice(position, records.remaining() - position));
    long body = length + records.remaining();
    return output.finish() + JournalFormat.BATCH_HEADER_BYTES + body;
  }

  /** Gathers small pieces, and sums them up. */
  private record Output(FileChannel channel, ByteBuffer buffer, CRC32C check) {

    void put(ByteBuffer piece) throws IOException {
      check.update(piece.duplicate());
      while (piece.hasRemaining()) {
        if (!buffer.hasRemaining()) {
          drain();
        }
        int count = Math.min(buffer.remaining(), piece.remaining());
        buffer.put(piece.slice(piece.position(), count));
        piece.position(piece.position() + count);
      }
    }

    int finish() throws IOException {
      if (buffer.remaining() < JournalFormat.CHECK_BYTES) {
        drain();
      }
      buffer.putInt((int) check.getValue());
      drain();
      return JournalFormat.CHECK_BYTES;
    }

    private void drain() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      buffer.clear();
    }
  }
}
