package io.anymq.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Deque;
import java.util.concurrent.LinkedBlockingDeque;

/**
 * Channels for questions: one round trip for each, where {@link NativeConnection#askAlone} takes
 * three. A question has a channel for itself, and leaves it to the next one; a refusal closes it.
 * They end with their connection. Safe for use by several threads.
 */
final class AskingChannels {

  /** How many are kept; more are there while more threads ask at one time. */
  private static final int MOST_IDLE = 8;

  private final NativeConnection connection;
  private final Deque<Channel> idle = new LinkedBlockingDeque<>(MOST_IDLE);

  AskingChannels(NativeConnection connection) {
    this.connection = connection;
  }

  /**
   * Asks the broker something.
   *
   * @param doing what is tried, for the sentence of a failure
   */
  <T> T ask(String doing, NativeConnection.Question<T> question) {
    Channel channel = take(doing);
    try {
      T answer = question.ask(channel);
      if (!idle.offerFirst(channel)) {
        NativeConnection.closeQuietly(channel);
      }
      return answer;
    } catch (ChannelContinuationTimeoutException e) {
      // A broker that is silent would not answer a close in time either.
      connection.thread("closing", () -> NativeConnection.closeQuietly(channel)).start();
      throw connection.failure(e, doing);
    } catch (IOException | ShutdownSignalException e) {
      NativeConnection.closeQuietly(channel);
      throw connection.failure(e, doing);
    } catch (RuntimeException e) {
      NativeConnection.closeQuietly(channel);
      throw e;
    }
  }

  private Channel take(String doing) {
    Channel channel = idle.pollFirst();
    while (channel != null && !channel.isOpen()) {
      channel = idle.pollFirst();
    }
    return channel == null ? connection.channel(doing) : channel;
  }
}
