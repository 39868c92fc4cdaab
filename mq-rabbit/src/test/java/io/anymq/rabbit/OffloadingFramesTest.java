package io.anymq.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose thread writes, where the caller's is said to be a virtual one. */
final class OffloadingFramesTest {

  private static final Frame FRAME = new Frame(AMQP.FRAME_HEARTBEAT, 0);

  private final List<Thread> writers = new CopyOnWriteArrayList<>();
  private final AtomicBoolean virtual = new AtomicBoolean(true);
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final OffloadingFrames frames =
      new OffloadingFrames(real(), work -> new Thread(work, "writer"), virtual::get);

  /** The frames of a connection whose socket takes nothing until it is told to go on. */
  private FrameHandler real() {
    return (FrameHandler)
        Proxy.newProxyInstance(
            FrameHandler.class.getClassLoader(),
            new Class<?>[] {FrameHandler.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("writeFrame")) {
                writers.add(Thread.currentThread());
                writing.countDown();
                assertThat(goesOn.await(10, TimeUnit.SECONDS)).isTrue();
                Exception planned = failure.get();
                if (planned != null) {
                  throw planned;
                }
              }
              return null;
            });
  }

  @AfterEach
  void close() {
    goesOn.countDown();
    frames.close();
  }

  @Test
  void anInterruptedVirtualThreadLeavesTheSocketAlone() throws Exception {
    AtomicBoolean flag = new AtomicBoolean();
    Thread caller =
        new Thread(
            () -> {
              try {
                frames.writeFrame(FRAME);
              } catch (IOException e) {
                failure.set(e);
              }
              flag.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
    caller.interrupt();
    assertThat(writers).extracting(Thread::getName).containsExactly("writer");
    assertThat(writers.get(0).isInterrupted()).isFalse();
    goesOn.countDown();
    caller.join(10_000);
    assertThat(failure.get()).isNull();
    assertThat(flag).as("the caller's interrupt flag afterwards").isTrue();
  }

  @Test
  void aPlatformThreadWritesByItself() throws Exception {
    virtual.set(false);
    goesOn.countDown();
    frames.writeFrame(FRAME);
    assertThat(writers).containsExactly(Thread.currentThread());
  }

  @Test
  void whatFailsIsTheCallersFailure() {
    goesOn.countDown();
    failure.set(new SocketException("reset"));
    assertThatThrownBy(() -> frames.writeFrame(FRAME)).isSameAs(failure.get());
    failure.set(new IllegalStateException("a defect"));
    assertThatThrownBy(() -> frames.writeFrame(FRAME)).isSameAs(failure.get());
    frames.close();
    assertThatThrownBy(() -> frames.writeFrame(FRAME)).isInstanceOf(IOException.class);
  }
}
