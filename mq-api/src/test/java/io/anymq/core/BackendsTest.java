package io.anymq.core;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anymq.MessagingException;
import org.junit.jupiter.api.Test;

class BackendsTest {

  @Test
  void withoutAnyAdapterItSaysWhatToAdd() {
    assertThatThrownBy(() -> Backends.forScheme("kafka"))
        .isInstanceOf(MessagingException.class)
        .hasMessageContaining("No adapter was found")
        .hasMessageContaining("mq-kafka")
        .hasMessageContaining("META-INF/services/io.anymq.spi.Backend");
  }

  @Test
  void aMissingContextClassLoaderIsNoReason() {
    AdapterLoader.with(
        null,
        () ->
            assertThatThrownBy(() -> Backends.forScheme("amqp"))
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("mq-rabbit"));
  }

  @Test
  void anAdapterWhoseOwnClassesAreMissingIsNamedToo() {
    AdapterLoader.with(
        new AdapterLoader("org.example.HalfBackend", getClass().getClassLoader()) {
          @Override
          protected Class<?> loadClass(String wanted, boolean resolve)
              throws ClassNotFoundException {
            if (wanted.equals("org.example.HalfBackend")) {
              throw new NoClassDefFoundError("org/example/NativeClient");
            }
            return super.loadClass(wanted, resolve);
          }
        },
        () ->
            assertThatThrownBy(() -> Backends.forScheme("amqp"))
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("org/example/NativeClient")
                .hasMessageContaining("Is a jar missing"));
  }

  @Test
  void anAdapterThatCannotBeLoadedIsNamed() {
    AdapterLoader.with(
        new AdapterLoader("org.example.MissingBackend", getClass().getClassLoader()),
        () ->
            assertThatThrownBy(() -> Backends.forScheme("amqp"))
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("org.example.MissingBackend")
                .hasMessageContaining("Is a jar missing"));
  }
}
