package io.anymq.tck.mutants;

import io.anymq.Message;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call of the API, or of an application's listener, on its way to where it is meant to go. */
final class Call {

  private final FaultyApi api;
  private final Object target;
  private final Method method;
  private final Object[] arguments;

  Call(FaultyApi api, Object target, Method method, Object[] arguments) {
    this.api = api;
    this.target = target;
    this.method = method;
    this.arguments = arguments;
  }

  /** Whether it is a call of that method of that type, however many parameters it has. */
  boolean is(Class<?> type, String name) {
    return type.isInstance(target) && method.getName().equals(name);
  }

  /** Whether it is a call of a method of that name. */
  boolean is(String name) {
    return method.getName().equals(name);
  }

  /** Whether it is a call of an object of that type. */
  boolean on(Class<?> type) {
    return type.isInstance(target);
  }

  /** What is called: the object behind the faulty API. */
  <T> T target(Class<T> type) {
    return type.cast(target);
  }

  Class<?> returns() {
    return method.getReturnType();
  }

  /** Whether it has an argument of that type there. */
  boolean takes(int index, Class<?> type) {
    return type.isInstance(arguments[index]);
  }

  int count() {
    return arguments.length;
  }

  <T> T argument(int index, Class<T> type) {
    return type.cast(arguments[index]);
  }

  <T> T last(Class<T> type) {
    return argument(arguments.length - 1, type);
  }

  /** The same call with another argument. */
  Call with(int index, Object argument) {
    Object[] changed = arguments.clone();
    changed[index] = argument;
    return new Call(api, target, method, changed);
  }

  /** An object of the API as the application holds it, with the fault in front of it. */
  @Nullable Object faulty(@Nullable Object result) {
    return api.faulty(result);
  }

  /** What comes nearest to nothing among what the method returns. */
  @Nullable Object nothing() {
    Class<?> type = method.getReturnType();
    if (type == Optional.class) {
      return Optional.empty();
    }
    if (type == boolean.class) {
      return false;
    }
    return type == Message.class ? arguments[arguments.length - 1] : null;
  }

  /** Does it as it is meant to be done. */
  @Nullable Object proceed() throws Throwable {
    try {
      return api.faulty(method.invoke(target, api.arguments(method, arguments)));
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
