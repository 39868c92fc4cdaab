package io.anymq.rabbit;

import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A connection's frames, which virtual threads have another thread write. The JDK closes the socket
 * when a virtual thread is interrupted that waits in a write (seen on 25: "Closed by interrupt"),
 * and with it the connection of everybody; an interrupt of a platform thread does nothing to it.
 * Safe for use by several threads.
 */
final class OffloadingFrames implements FrameHandler {

  private static final long IDLE_SECONDS = 10;

  private final FrameHandler frames;
  private final BooleanSupplier onVirtualThread;
  private final ThreadPoolExecutor writer;

  private interface Write {
    void run() throws IOException;
  }

  /**
   * The same frames.
   *
   * @param threads makes the thread that writes, which is there while virtual threads send
   * @param onVirtualThread whether the calling thread is a virtual one
   */
  OffloadingFrames(FrameHandler frames, ThreadFactory threads, BooleanSupplier onVirtualThread) {
    this.frames = frames;
    this.onVirtualThread = onVirtualThread;
    writer =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    writer.allowCoreThreadTimeOut(true);
  }

  private void write(Write write) throws IOException {
    if (!onVirtualThread.getAsBoolean()) {
      write.run();
      return;
    }
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              write.run();
              return null;
            });
    try {
      writer.execute(task);
    } catch (RejectedExecutionException e) {
      throw new SocketException("The connection is closed");
    }
    await(task);
  }

  /** For as long as the write takes, which the end of the socket ends. */
  private static void await(FutureTask<Void> task) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          Void unused = task.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw failure(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException failure(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    return cause instanceof IOException known ? known : new IOException(cause);
  }

  @Override
  public void sendHeader() throws IOException {
    write(frames::sendHeader);
  }

  @Override
  public void writeFrame(Frame frame) throws IOException {
    write(() -> frames.writeFrame(frame));
  }

  @Override
  public void flush(WriteListener listener) throws IOException {
    write(() -> frames.flush(listener));
  }

  @Override
  public void close() {
    writer.shutdown();
    frames.close();
  }

  @Override
  public boolean internalHearbeat() {
    return frames.internalHearbeat();
  }

  @Override
  public void setTimeout(int millis) throws SocketException {
    frames.setTimeout(millis);
  }

  @Override
  public int getTimeout() throws SocketException {
    return frames.getTimeout();
  }

  @Override
  public void initialize(AMQConnection connection) {
    frames.initialize(connection);
  }

  @Override
  public void startProcessing() {
    frames.startProcessing();
  }

  @Override
  public void finishConnectionNegotiation() {
    frames.finishConnectionNegotiation();
  }

  @Override
  public void setFrameMax(int bytes) {
    frames.setFrameMax(bytes);
  }

  @Override
  public Frame readFrame() throws IOException {
    return frames.readFrame();
  }

  @Override
  public InetAddress getLocalAddress() {
    return frames.getLocalAddress();
  }

  @Override
  public int getLocalPort() {
    return frames.getLocalPort();
  }

  @Override
  public InetAddress getAddress() {
    return frames.getAddress();
  }

  @Override
  public int getPort() {
    return frames.getPort();
  }
}
