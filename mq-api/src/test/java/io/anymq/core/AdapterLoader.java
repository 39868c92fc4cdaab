package io.anymq.core;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A class path with a service file that names one adapter. */
class AdapterLoader extends ClassLoader {
  private final String name;

  AdapterLoader(String name, ClassLoader parent) {
    super(parent);
    this.name = name;
  }

  /** A test has a thread of its own, which is not that of the methods around it. */
  static void with(@Nullable ClassLoader context, Runnable check) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(context);
    try {
      check.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  public Enumeration<URL> getResources(String resource) throws IOException {
    return resource.endsWith("io.anymq.spi.Backend")
        ? Collections.enumeration(List.of(new URL(null, "text:" + name, new Text(name))))
        : super.getResources(resource);
  }

  private static final class Text extends URLStreamHandler {
    private final String text;

    Text(String text) {
      this.text = text;
    }

    @Override
    protected URLConnection openConnection(URL url) {
      return new URLConnection(url) {
        @Override
        public void connect() {
          connected = true;
        }

        @Override
        public InputStream getInputStream() {
          return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }
      };
    }
  }
}
