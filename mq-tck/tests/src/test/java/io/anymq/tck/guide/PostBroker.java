package io.anymq.tck.guide;

import io.anymq.tck.broker.BrokerControl;
import io.anymq.tck.broker.BrokerHandle;
import io.anymq.tck.broker.Provisioning;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/** A post office of the kit's own, and what the kit may do to it. */
final class PostBroker implements BrokerHandle {

  private final String town = UUID.randomUUID().toString();
  private final PostOffice office = PostOffice.build(town);

  @Override
  public String name() {
    return "post";
  }

  @Override
  public Provisioning provisioning() {
    return Provisioning.EMBEDDED;
  }

  @Override
  public String version() {
    return "1.0";
  }

  @Override
  public String url() {
    return "post:" + town;
  }

  @Override
  public String proxiedUrl() {
    return url() + "/" + PostOffice.SIDE_DOOR;
  }

  @Override
  public Set<BrokerControl> controls() {
    return EnumSet.of(BrokerControl.STOP, BrokerControl.RESTART, BrokerControl.CUT_NETWORK);
  }

  @Override
  public void stop() {
    office.close();
  }

  @Override
  public void restart() {
    stop();
    office.open(PostOffice.FRONT_DOOR);
    office.open(PostOffice.SIDE_DOOR);
  }

  @Override
  public void ensureUp() {
    office.open(PostOffice.FRONT_DOOR);
    office.open(PostOffice.SIDE_DOOR);
  }

  @Override
  public void cutNetwork() {
    office.shut(PostOffice.SIDE_DOOR);
  }

  @Override
  public void restoreNetwork() {
    office.open(PostOffice.SIDE_DOOR);
  }

  @Override
  public void kill() {
    throw new UnsupportedOperationException("A post office inside this JVM has no process to kill");
  }

  @Override
  public void pause() {
    throw new UnsupportedOperationException("A post office does not stand still");
  }

  @Override
  public void resume() {
    throw new UnsupportedOperationException("A post office does not stand still");
  }

  @Override
  public String logTail() {
    return "";
  }

  @Override
  public void close() {
    PostOffice.demolish(town);
  }
}
