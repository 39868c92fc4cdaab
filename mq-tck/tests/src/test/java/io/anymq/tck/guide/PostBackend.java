package io.anymq.tck.guide;

import io.anymq.AuthenticationException;
import io.anymq.ConnectFailedException;
import io.anymq.InvalidOptionException;
import io.anymq.Option;
import io.anymq.spi.Backend;
import io.anymq.spi.BrokerUrl;
import io.anymq.spi.Link;
import io.anymq.spi.LinkRequest;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The adapter for the post office: {@code post:town}, or {@code post:town/door}. */
public final class PostBackend implements Backend {

  private static final Pattern TOWN_AND_DOOR = Pattern.compile("[A-Za-z0-9._-]+(/[a-z]+)?");

  /** For the service loader. */
  public PostBackend() {}

  @Override
  public String name() {
    return "post";
  }

  @Override
  public Set<String> schemes() {
    return Set.of("post");
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public void validate(BrokerUrl url) {
    if (!TOWN_AND_DOOR.matcher(url.address()).matches()) {
      throw new InvalidOptionException("'%s' is not of the form post:town".formatted(url));
    }
  }

  @Override
  public Link connect(LinkRequest request) {
    if (request.user().isPresent() || request.password().isPresent()) {
      throw new AuthenticationException(
          "A post office has no users; leave out the user and the password");
    }
    String[] address = request.url().address().split("/", 2);
    String door = address.length == 2 ? address[1] : PostOffice.FRONT_DOOR;
    try {
      PostLink link = new PostLink(request, PostOffice.visit(address[0], door));
      link.watch();
      return link;
    } catch (PostException e) {
      throw new ConnectFailedException(
          "Nobody lets us in at " + request.url() + "; see that the office is open", e);
    }
  }
}
