package io.anymq.tck;

import io.anymq.spi.Secrets;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes what is no protocol's to a port. */
final class Garbage {

  private static final Pattern HOST_AND_PORT = Pattern.compile("([A-Za-z0-9.-]+):(\\d+)");
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int LENGTH = 4_096;

  private Garbage() {}

  static void sendTo(String url) {
    Matcher address = HOST_AND_PORT.matcher(url.substring(url.lastIndexOf('@') + 1));
    if (!address.find()) {
      throw new IllegalArgumentException(
          "There is no host:port in "
              + Secrets.maskUrl(url)
              + "; override BackendHarness.sendGarbage");
    }
    byte[] noise = new byte[LENGTH];
    new Random(LENGTH).nextBytes(noise);
    write(address, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    write(address, noise);
  }

  private static void write(Matcher address, byte[] bytes) {
    try (Socket socket = new Socket()) {
      InetSocketAddress target =
          new InetSocketAddress(address.group(1), Integer.parseInt(address.group(2)));
      socket.connect(target, TIMEOUT_MILLIS);
      try (OutputStream out = socket.getOutputStream()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The broker's port did not take the bytes", e);
    }
  }
}
