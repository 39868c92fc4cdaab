package io.anymq.spi;

import java.util.Optional;

/**
 * A connection URL, taken apart as far as all backends have in common.
 *
 * @param scheme the scheme in lower case: {@code amqp}
 * @param address what follows the scheme's colon, without user, password and options: {@code
 *     //host:5672/vhost}, {@code tcp://host:61616}
 * @param user the user in the URL, decoded
 * @param password the password in the URL, decoded; never printed
 */
public record BrokerUrl(
    String scheme, String address, Optional<String> user, Optional<String> password) {

  /** The URL without its password, and without what may be one in its address. */
  @Override
  public String toString() {
    String shown = user.map(name -> name + (password.isPresent() ? ":***@" : "@")).orElse("");
    String place = Secrets.maskAddress(address);
    int slashes = place.indexOf("//");
    int at = slashes < 0 ? 0 : slashes + 2;
    return scheme + ":" + place.substring(0, at) + shown + place.substring(at);
  }
}
