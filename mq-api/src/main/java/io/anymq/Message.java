package io.anymq;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message: a body of bytes, and metadata. Immutable; may be shared between threads and sent many
 * times.
 *
 * <p>Every field survives every backend exactly, the difference between an absent and an empty
 * string included. Text is UTF-8.
 *
 * <p>What {@link Producer#send} returns is the message as it was sent: with the id and the
 * timestamp that were given to it where it had none.
 */
public final class Message {

  /** The priority of a message that sets none, as in Jakarta Messaging. */
  public static final int DEFAULT_PRIORITY = 4;

  /** The highest priority. The lowest is 0. */
  public static final int MAX_PRIORITY = 9;

  /** The content type of a body given as text. */
  public static final String TEXT = "text/plain; charset=utf-8";

  private static final byte[] NO_BYTES = {};

  private final byte[] body;
  private final @Nullable String contentType;
  private final Map<String, Object> properties;
  private final @Nullable String id;
  private final @Nullable String correlationId;
  private final @Nullable Destination replyTo;
  private final @Nullable String type;
  private final @Nullable String key;
  private final int priority;
  private final boolean persistent;
  private final @Nullable Duration timeToLive;
  private final @Nullable Instant expiresAt;
  private final @Nullable Duration deliveryDelay;
  private final @Nullable Instant timestamp;

  private Message(Builder builder) {
    body = builder.body;
    contentType = builder.contentType;
    properties =
        builder.properties.isEmpty()
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(builder.properties));
    id = builder.id;
    correlationId = builder.correlationId;
    replyTo = builder.replyTo;
    type = builder.type;
    key = builder.key;
    priority = builder.priority;
    persistent = builder.persistent;
    timeToLive = builder.timeToLive;
    expiresAt = builder.expiresAt;
    deliveryDelay = builder.deliveryDelay;
    timestamp = builder.timestamp;
  }

  /**
   * A message with a text body and the content type {@link #TEXT}.
   *
   * @param text the text
   * @return the message
   */
  public static Message text(String text) {
    return builder().text(text).build();
  }

  /**
   * A message with a body of bytes and no content type.
   *
   * @param body the bytes; they are copied
   * @return the message
   */
  public static Message bytes(byte[] body) {
    return builder().body(body).build();
  }

  /**
   * Begins a message with an empty body.
   *
   * @return a builder, for one thread
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Begins a message that is like this one.
   *
   * @return a builder, for one thread
   */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * The body.
   *
   * @return a copy of the bytes; empty when there are none
   */
  public byte[] body() {
    return body.clone();
  }

  /**
   * The body, without a copy.
   *
   * @return a read-only view, positioned at its start
   */
  public ByteBuffer bodyBuffer() {
    return ByteBuffer.wrap(body).asReadOnlyBuffer();
  }

  /**
   * The length of the body.
   *
   * @return its length in bytes
   */
  public int bodyLength() {
    return body.length;
  }

  /**
   * The body as text.
   *
   * @return the body decoded as UTF-8
   * @throws InvalidMessageException when the body is not valid UTF-8
   */
  public String text() {
    try {
      CharBuffer chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
      return chars.toString();
    } catch (CharacterCodingException e) {
      throw new InvalidMessageException("The body is not UTF-8 text; read it with body()", e);
    }
  }

  /** The media type of the body, or empty. */
  public Optional<String> contentType() {
    return Optional.ofNullable(contentType);
  }

  /**
   * All properties, in the order in which they were set. A value is a String, Boolean, Byte, Short,
   * Integer, Long, Float, Double or byte[]; arrays in this map must not be changed.
   *
   * @return an unmodifiable map
   */
  public Map<String, Object> properties() {
    return properties;
  }

  /**
   * One property.
   *
   * @param name the property's name
   * @param kind the type it must have; nothing is converted
   * @param <T> that type
   * @return the value, or empty when there is none of that name
   * @throws InvalidMessageException when the value is of another type
   */
  public <T> Optional<T> property(String name, Class<T> kind) {
    requireNonNull(name, "name must not be null");
    requireNonNull(kind, "kind must not be null");
    Object value = properties.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!kind.isInstance(value)) {
      throw new InvalidMessageException(
          "Property '%s' is of type %s, not %s"
              .formatted(name, value.getClass().getSimpleName(), kind.getSimpleName()));
    }
    return Optional.of(kind.cast(value instanceof byte[] bytes ? bytes.clone() : value));
  }

  /** The id; given when the message is sent, unless the application set one. */
  public Optional<String> id() {
    return Optional.ofNullable(id);
  }

  /** The id of what this message belongs to or answers. */
  public Optional<String> correlationId() {
    return Optional.ofNullable(correlationId);
  }

  /** Where an answer is expected. */
  public Optional<Destination> replyTo() {
    return Optional.ofNullable(replyTo);
  }

  /** The application's word for the kind of message. */
  public Optional<String> type() {
    return Optional.ofNullable(type);
  }

  /** Messages with the same key belong together: it is what ordering and partitioning go by. */
  public Optional<String> key() {
    return Optional.ofNullable(key);
  }

  /** The priority, 0 to {@value #MAX_PRIORITY}. The default is {@value #DEFAULT_PRIORITY}. */
  public int priority() {
    return priority;
  }

  /**
   * Whether the message must survive a restart of the broker, where it can. The default is true.
   */
  public boolean persistent() {
    return persistent;
  }

  /**
   * How long after it was sent the message is of use, a delivery delay included; empty: for ever.
   * In milliseconds' steps.
   */
  public Optional<Duration> timeToLive() {
    return Optional.ofNullable(timeToLive);
  }

  /**
   * When the message expires, in milliseconds' steps; empty: never. Where it has a time to live, it
   * is given anew each time the message is sent.
   */
  public Optional<Instant> expiresAt() {
    return Optional.ofNullable(expiresAt);
  }

  /**
   * How long after it was sent the message may first be delivered; empty: at once. In milliseconds'
   * steps.
   */
  public Optional<Duration> deliveryDelay() {
    return Optional.ofNullable(deliveryDelay);
  }

  /**
   * When it was sent, in milliseconds' steps; given when it is sent, unless the application set
   * one.
   */
  public Optional<Instant> timestamp() {
    return Optional.ofNullable(timestamp);
  }

  @Override
  public String toString() {
    return "Message[id=%s, %d bytes, %d properties]".formatted(id, body.length, properties.size());
  }

  /** Builds a {@link Message}. Not for sharing between threads. A null takes a field away again. */
  public static final class Builder {

    private byte[] body = NO_BYTES;
    private @Nullable String contentType;
    private Map<String, Object> properties = Map.of(); // until there is one: most have none
    private @Nullable String id;
    private @Nullable String correlationId;
    private @Nullable Destination replyTo;
    private @Nullable String type;
    private @Nullable String key;
    private int priority = DEFAULT_PRIORITY;
    private boolean persistent = true;
    private @Nullable Duration timeToLive;
    private @Nullable Instant expiresAt;
    private @Nullable Duration deliveryDelay;
    private @Nullable Instant timestamp;

    private Builder() {}

    private Builder(Message like) {
      body = like.body;
      contentType = like.contentType;
      if (!like.properties.isEmpty()) {
        properties = new LinkedHashMap<>(like.properties);
      }
      id = like.id;
      correlationId = like.correlationId;
      replyTo = like.replyTo;
      type = like.type;
      key = like.key;
      priority = like.priority;
      persistent = like.persistent;
      timeToLive = like.timeToLive;
      expiresAt = like.expiresAt;
      deliveryDelay = like.deliveryDelay;
      timestamp = like.timestamp;
    }

    /** Sets the body; the bytes are copied. */
    public Builder body(byte[] bytes) {
      requireNonNull(bytes, "bytes must not be null");
      this.body = bytes.clone();
      return this;
    }

    /**
     * Sets the body without a copy: for who has just read the bytes from somewhere, and passes them
     * on. Nobody may change them from now on; the message would change with them.
     */
    public Builder wrapBody(byte[] bytes) {
      requireNonNull(bytes, "bytes must not be null");
      this.body = bytes;
      return this;
    }

    /** Sets the body to the text in UTF-8, and the content type to {@link Message#TEXT}. */
    public Builder text(String text) {
      requireNonNull(text, "text must not be null");
      this.body = text.getBytes(StandardCharsets.UTF_8);
      return contentType(TEXT);
    }

    /** Sets the media type of the body. */
    public Builder contentType(@Nullable String contentType) {
      this.contentType = contentType;
      return this;
    }

    /**
     * Sets a property.
     *
     * @param name its name; not empty; names that begin with {@code x-anymq-} are the library's own
     * @param value a String, Boolean, Byte, Short, Integer, Long, Float, Double or byte[]; null
     *     takes the property away
     * @return this
     * @throws InvalidMessageException when the name or the type of the value is not allowed
     */
    public Builder property(String name, @Nullable Object value) {
      requireNonNull(name, "name must not be null");
      PropertyRules.requireName(name);
      if (value != null) {
        Object checked = PropertyRules.requireValue(name, value);
        if (properties.isEmpty()) {
          properties = new LinkedHashMap<>();
        }
        properties.put(name, checked);
      } else if (!properties.isEmpty()) {
        properties.remove(name);
      }
      return this;
    }

    /** Sets several properties, each as {@link #property} does. */
    public Builder properties(Map<String, ?> values) {
      requireNonNull(values, "values must not be null");
      values.forEach(this::property);
      return this;
    }

    /** Sets the id. Leave it out to have one made when the message is sent. */
    public Builder id(@Nullable String id) {
      this.id = id;
      return this;
    }

    /** Sets the correlation id. */
    public Builder correlationId(@Nullable String correlationId) {
      this.correlationId = correlationId;
      return this;
    }

    /** Sets where an answer is expected. */
    public Builder replyTo(@Nullable Destination replyTo) {
      this.replyTo = replyTo;
      return this;
    }

    /** Sets the application's word for the kind of message. */
    public Builder type(@Nullable String type) {
      this.type = type;
      return this;
    }

    /** Sets what ordering and partitioning go by. */
    public Builder key(@Nullable String key) {
      this.key = key;
      return this;
    }

    /**
     * Sets the priority.
     *
     * @throws InvalidMessageException when it is not in 0 to {@value Message#MAX_PRIORITY}
     */
    public Builder priority(int priority) {
      if (priority < 0 || priority > MAX_PRIORITY) {
        throw new InvalidMessageException(
            "Priority " + priority + " is not in 0 to " + MAX_PRIORITY);
      }
      this.priority = priority;
      return this;
    }

    /** Sets whether the message must survive a restart of the broker. */
    public Builder persistent(boolean persistent) {
      this.persistent = persistent;
      return this;
    }

    /**
     * Sets the time to live.
     *
     * @throws InvalidMessageException when it is shorter than a millisecond
     */
    public Builder timeToLive(@Nullable Duration timeToLive) {
      this.timeToLive =
          timeToLive == null ? null : PropertyRules.requireMillis(timeToLive, "time to live");
      return this;
    }

    /**
     * Sets when the message expires, cut to milliseconds. A time to live goes before it: it gives
     * another one when the message is sent.
     */
    public Builder expiresAt(@Nullable Instant expiresAt) {
      this.expiresAt = toMillis(expiresAt);
      return this;
    }

    /**
     * Sets the delay before the first delivery.
     *
     * @throws InvalidMessageException when it is shorter than a millisecond
     */
    public Builder deliveryDelay(@Nullable Duration deliveryDelay) {
      this.deliveryDelay =
          deliveryDelay == null
              ? null
              : PropertyRules.requireMillis(deliveryDelay, "delivery delay");
      return this;
    }

    /**
     * Sets the timestamp, cut to milliseconds. Leave it out to have it set when the message is
     * sent.
     */
    public Builder timestamp(@Nullable Instant timestamp) {
      this.timestamp = toMillis(timestamp);
      return this;
    }

    private static @Nullable Instant toMillis(@Nullable Instant moment) {
      return moment == null ? null : moment.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Makes the message. The builder can go on to make others. */
    public Message build() {
      return new Message(this);
    }
  }
}
