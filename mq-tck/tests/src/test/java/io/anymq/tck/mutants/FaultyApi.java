package io.anymq.tck.mutants;

import io.anymq.Connection;
import io.anymq.ConnectionFactory;
import io.anymq.ConnectionListener;
import io.anymq.Consumer;
import io.anymq.Delivery;
import io.anymq.MessageListener;
import io.anymq.Producer;
import io.anymq.QueueBrowser;
import io.anymq.Session;
import io.anymq.Subscription;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Stands between the scenarios and the API, with a fault: what if the core did this wrong? */
final class FaultyApi {

  /** What an application holds or gives; a subscription before a consumer, which it is too. */
  private static final List<Class<?>> TYPES =
      List.of(
          ConnectionFactory.class,
          Connection.class,
          Producer.class,
          Subscription.class,
          Consumer.class,
          Session.class,
          Delivery.class,
          QueueBrowser.class);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

  private final Fault fault;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  FaultyApi(Fault fault) {
    this.fault = fault;
  }

  ConnectionFactory factory(ConnectionFactory factory) {
    return (ConnectionFactory) faulty(ConnectionFactory.class, factory);
  }

  /** Closes what the fault has kept open. */
  void close() {
    connections.forEach(connection -> connection.close(CLOSE_LIMIT));
  }

  /** The result of a call, with the fault in front of it. */
  @Nullable Object faulty(@Nullable Object result) {
    if (result instanceof Optional<?> optional) {
      return optional.map(this::faulty);
    }
    if (result instanceof List<?> list) {
      return list.stream().map(this::faulty).toList();
    }
    if (result instanceof Connection connection) {
      connections.add(connection);
    }
    for (Class<?> type : TYPES) {
      if (type.isInstance(result)) {
        return faulty(type, result);
      }
    }
    return result;
  }

  /** The arguments of a call: listeners are called through the fault. */
  Object[] arguments(Method method, Object[] arguments) {
    Object[] changed = arguments.clone();
    for (int i = 0; i < changed.length; i++) {
      if (changed[i] instanceof MessageListener listener) {
        changed[i] = faulty(MessageListener.class, listener);
      } else if (changed[i] instanceof ConnectionListener listener) {
        changed[i] = faulty(ConnectionListener.class, listener);
      } else if (method.getDeclaringClass() == MessageListener.class
          || method.getDeclaringClass() == ConnectionListener.class) {
        changed[i] = faulty(changed[i]);
      }
    }
    return changed;
  }

  private Object faulty(Class<?> type, Object target) {
    InvocationHandler handler =
        (proxy, method, arguments) ->
            method.isDefault() // a short form, which comes back as the long one
                ? InvocationHandler.invokeDefault(proxy, method, arguments)
                : fault.answer(
                    new Call(this, target, method, arguments == null ? new Object[0] : arguments));
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
  }
}
