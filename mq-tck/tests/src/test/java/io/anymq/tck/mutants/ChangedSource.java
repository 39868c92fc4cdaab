package io.anymq.tck.mutants;

import io.anymq.core.Bootstrap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;

/** Compiles a file of mq-api with a piece of it changed, in memory. */
final class ChangedSource {

  private static final Path SOURCES = Path.of("..", "..", "mq-api", "src", "main", "java");

  private ChangedSource() {}

  /**
   * The classes of a changed file, by name.
   *
   * @param file below the source directory
   * @param from a piece that is in it once
   * @param to what stands there instead
   */
  static Map<String, byte[]> compile(String file, String from, String to) {
    String source = changed(file, from, to);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Map<String, ByteArrayOutputStream> classes = new HashMap<>();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-proc:none", "-nowarn", "-Xlint:none", "-classpath", classPath());
      boolean compiled =
          compiler
              .getTask(
                  null,
                  inMemory(files, classes),
                  problem -> {},
                  options,
                  null,
                  List.of(unit(file, source)))
              .call();
      if (!compiled) {
        throw new IllegalStateException("A variant of " + file + " does not compile: " + to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, byte[]> bytes = new HashMap<>();
    classes.forEach((name, out) -> bytes.put(name, out.toByteArray()));
    return bytes;
  }

  private static String changed(String file, String from, String to) {
    try {
      String source = Files.readString(SOURCES.resolve(file));
      int at = source.indexOf(from);
      if (at < 0 || source.indexOf(from, at + 1) >= 0) {
        throw new IllegalStateException(
            "A faulty variant changes '%s' in %s, which is not there, or not once; adapt the variant"
                .formatted(from, file));
      }
      return source.replace(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath() {
    return String.join(
        System.getProperty("path.separator"),
        List.of(place(Bootstrap.class), place(NullMarked.class), place(Logger.class)));
  }

  private static String place(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  private static JavaFileObject unit(String file, String source) {
    return new SimpleJavaFileObject(URI.create("memory:///" + file), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  private static JavaFileManager inMemory(
      StandardJavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
    return new ForwardingJavaFileManager<>(files) {
      @Override
      public JavaFileObject getJavaFileForOutput(
          Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
        return new SimpleJavaFileObject(URI.create("memory:///" + name), kind) {
          @Override
          public OutputStream openOutputStream() {
            return classes.computeIfAbsent(name, key -> new ByteArrayOutputStream());
          }
        };
      }
    };
  }

  /** Loads AnyMQ's classes anew, some of them changed, and all others as they are. */
  static final class Loader extends ClassLoader {

    private final Map<String, byte[]> changed;

    Loader(Map<String, byte[]> changed) {
      super(Loader.class.getClassLoader());
      this.changed = changed;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("io.anymq.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? define(name) : loaded;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      byte[] bytes = changed.containsKey(name) ? changed.get(name) : unchanged(name);
      return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] unchanged(String name) throws ClassNotFoundException {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
