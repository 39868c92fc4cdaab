package io.anymq.spi;

import io.anymq.MessagingException;

/** Is told what becomes of a link, by any thread. Returns at once. */
@FunctionalInterface
public interface LinkListener {

  /**
   * The link is lost for good, other than by {@link Link#close}. Told once; the core then closes it
   * and asks for another.
   *
   * @param cause why
   */
  void lost(MessagingException cause);
}
