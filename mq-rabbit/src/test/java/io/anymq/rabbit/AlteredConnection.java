package io.anymq.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.anymq.Options;
import io.anymq.spi.LinkRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Connections to a real broker on which some calls end otherwise than they did. */
final class AlteredConnection {

  private AlteredConnection() {}

  /** What becomes of a call. */
  @FunctionalInterface
  interface Change {
    /**
     * Makes the call, or not.
     *
     * @param method the name of the method
     * @param call makes it
     * @return what the caller gets
     */
    @Nullable Object apply(String method, Call call) throws Throwable;
  }

  /** A call of the real object. */
  @FunctionalInterface
  interface Call {
    @Nullable Object make() throws Throwable;
  }

  static NativeConnection open(String url, Change change) {
    LinkRequest request = Links.request(url, Options.none(), new LinkedBlockingQueue<>());
    RabbitConnector connector = new RabbitConnector(request);
    Connection real = connector.connect("altered").connection();
    Connection altered = altered(Connection.class, real, change);
    return new NativeConnection(
        altered, new SocketGuard(new AtomicReference<>()), connector.threads(), RabbitNames.none());
  }

  private static <T> T altered(Class<T> type, T real, Change change) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object result = change.apply(method.getName(), () -> call(real, method, arguments));
              return result instanceof Channel channel
                  ? altered(Channel.class, channel, change)
                  : result;
            }));
  }

  private static @Nullable Object call(Object real, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }
}
