package io.anymq.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * JeroMQ: PUSH to PULL over loopback tcp, and a second pair back for confirmations of many messages
 * at once. There is no queue in between: sending and receiving are two ends of one pipe, and the
 * clock is at the end that the case names.
 */
final class RawZeroMq implements Contender {

  private static final int CONFIRM_EVERY = 64;

  @Override
  public void prepare(String queue) {}

  @Override
  public void sendConfirmed(int messages) throws Exception {
    Tally ignored = new Tally(messages);
    run(messages, ignored, true);
  }

  @Override
  public void receiveAccepted(Tally tally) throws Exception {
    run(tally.expected(), tally, false);
  }

  /** Each end has its sockets in a thread of its own; the end with the clock in this one. */
  private void run(int messages, Tally tally, boolean senderHere) throws Exception {
    try (ZContext context = new ZContext()) {
      ZMQ.Socket push = bind(context, SocketType.PUSH);
      ZMQ.Socket confirmed = bind(context, SocketType.PULL);
      ZMQ.Socket pull = connect(context, SocketType.PULL, push);
      ZMQ.Socket confirms = connect(context, SocketType.PUSH, confirmed);
      Runnable sender = () -> send(push, confirmed, messages);
      Runnable receiver = () -> receive(pull, confirms, tally);
      FutureTask<@Nullable Void> other = new FutureTask<>(senderHere ? receiver : sender, null);
      // A socket may go from one thread to another with a full fence between; start() is one.
      new Thread(other, "anymq-bench-zeromq").start();
      (senderHere ? sender : receiver).run();
      other.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static ZMQ.Socket bind(ZContext context, SocketType type) {
    ZMQ.Socket socket = socket(context, type);
    socket.bindToRandomPort("tcp://127.0.0.1");
    return socket;
  }

  private static ZMQ.Socket connect(ZContext context, SocketType type, ZMQ.Socket to) {
    ZMQ.Socket socket = socket(context, type);
    socket.connect(to.getLastEndpoint());
    return socket;
  }

  private static ZMQ.Socket socket(ZContext context, SocketType type) {
    ZMQ.Socket socket = context.createSocket(type);
    socket.setReceiveTimeOut((int) LIMIT.toMillis());
    socket.setSendTimeOut((int) LIMIT.toMillis());
    socket.setLinger(0);
    return socket;
  }

  private static void send(ZMQ.Socket push, ZMQ.Socket confirmed, int messages) {
    int known = 0;
    for (int number = 0; number < messages; number++) {
      while (number - known >= WINDOW) {
        known = confirmation(confirmed);
      }
      if (!push.send(Payload.of(number))) {
        throw new BenchException("The pipe stayed full for " + LIMIT);
      }
    }
    while (known < messages) {
      known = confirmation(confirmed);
    }
  }

  private static int confirmation(ZMQ.Socket confirmed) {
    byte[] frame = confirmed.recv();
    if (frame == null) {
      throw new BenchException("No confirmation came within " + LIMIT);
    }
    return ByteBuffer.wrap(frame).getInt();
  }

  private static void receive(ZMQ.Socket pull, ZMQ.Socket confirms, Tally tally) {
    int count = 0;
    while (!tally.isComplete()) {
      byte[] body = pull.recv();
      if (body == null) {
        throw new BenchException("No message came within " + LIMIT + ": " + tally);
      }
      boolean last = tally.add(Payload.number(body));
      if (++count % CONFIRM_EVERY == 0 || last) {
        confirms.send(ByteBuffer.allocate(Integer.BYTES).putInt(count).array());
      }
    }
  }

  @Override
  public long left() {
    return 0;
  }

  @Override
  public void clear() {}

  @Override
  public void close() {}
}
