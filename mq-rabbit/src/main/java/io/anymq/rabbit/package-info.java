/**
 * The adapter for RabbitMQ 3.10 to 4.x, over AMQP 0-9-1 with the {@code amqp-client} library.
 *
 * <p>URL: {@code amqp://[user:password@]host[:port][/virtual-host]}, or {@code amqps://} with TLS,
 * the JDK's trust store and a check of the host's name. Ports 5672 and 5671 where none is given; a
 * virtual host that is missing or empty is {@code /}. Options: see {@code RabbitOptions}.
 *
 * <h2>Portable and native terms</h2>
 *
 * <table>
 * <caption>What things are on the broker</caption>
 * <tr><th>portable</th><th>native</th><th>guarantee</th><th>known gap</th></tr>
 * <tr><td>queue {@code x}</td><td>durable quorum queue {@code x} ({@code queue/x} where x begins with
 * {@code amq.}, which the broker reserves), sent to through the default exchange</td><td>order,
 * persistence, counted redelivery</td><td>one that exists already is used as it is; see below</td></tr>
 * <tr><td>prioritized queue</td><td>durable classic queue with {@code x-max-priority} 9; its
 * messages all have a native {@code priority}</td><td>ten levels, in order within each</td><td>does
 * not count deliveries: see below</td></tr>
 * <tr><td>queue with a maximum length</td><td>durable classic queue with {@code x-max-length} and
 * {@code x-overflow} {@code reject-publish}</td><td>never more than that many ready messages by
 * sending; {@code basic.nack} is {@code QueueFullException}</td><td>what consumers hold unsettled
 * takes no room; no delayed sends; does not count deliveries</td></tr>
 * <tr><td>topic {@code x}</td><td>durable topic exchange {@code topic/x}, which passes on what has
 * the routing key {@code x} to the exchange {@code anymq/topics}; each producer binds the two
 * before it sends, as somebody else may have made the exchange only</td><td>exists when its exchange
 * does</td><td>deleting a topic leaves its subscriptions; they take part again when it is made
 * again. Until it is bound, producers that were open before, and those whose user may not bind
 * (write {@code anymq/topics}, read {@code topic/x}), send to its own exchange's queues
 * alone</td></tr>
 * <tr><td>plain subscription</td><td>exclusive auto-delete queue {@code subscriber/x/<uuid>}, bound
 * to both exchanges</td><td>live when the call returns; gets what native programs publish to
 * {@code topic/x} with whatever routing key</td><td>in the broker's memory and disk cache only, and
 * gone with its connection</td></tr>
 * <tr><td>topic that keeps what is sent, where the option {@code replay-retention} is set</td><td>a
 * stream {@code stream/x}, bound to {@code topic/x}; plain subscriptions read it, from the past or
 * from now on; a position is an offset in it</td><td>made when this adapter, with that option, first
 * uses the topic; keeps what anybody sends from then on; goes when the topic is deleted</td><td>see
 * below</td></tr>
 * <tr><td>durable subscription {@code s}</td><td>durable quorum queue {@code subscription/x/s} ({@code
 * subscription#/<sha-256>/s} where that is too long)</td><td>one consumer at a time</td><td>the
 * exclusive queue {@code lock/subscription/x/s} is what keeps others out; native programs do not
 * heed it</td></tr>
 * <tr><td>shared subscription {@code s}</td><td>durable: the queue of the durable one; else classic
 * auto-delete queue {@code shared/x/s}</td><td>each message to one of those who share; durable ones are
 * either shared or not</td><td>one that is not durable outlives a restart of the broker by a minute,
 * for its consumers to come back</td></tr>
 * <tr><td>key-ordered consumer</td><td>holds the exclusive queue {@code turn/<queue>} while it
 * consumes; who waits asks for it, at first after 100 ms and in the end every second. A shared subscription that is not durable has a
 * queue with {@code x-single-active-consumer}</td><td>one at a time; what the one before held comes
 * first, in order; others are refused</td><td>native programs do not heed it; the user needs the
 * right to configure {@code turn/.*}, for durable subscriptions too</td></tr>
 * <tr><td>pattern</td><td>the same pattern, bound to {@code anymq/topics}; queues {@code
 * pattern-subscriber/…}, {@code pattern-subscription/…}, {@code pattern-shared/…}</td><td>topics made
 * later too; the routing key tells the topic</td><td>hears only topics that this adapter made, and of
 * those only what has the topic's name as routing key</td></tr>
 * <tr><td>temporary queue</td><td>exclusive classic queue of the connection that asks</td><td>gone with
 * it; others send to it through the default exchange</td><td>does not count deliveries; others get no
 * depth of it</td></tr>
 * <tr><td>send</td><td>{@code basic.publish} on a channel in confirm mode, {@code mandatory} for
 * queues</td><td>confirmed when a majority of the queue's members have it on disk</td><td>{@code
 * basic.nack} does not say whether the message is kept: reported as in doubt</td></tr>
 * <tr><td>delayed send</td><td>to a headers exchange {@code anymq/wait/<level>}; waits in one quorum
 * queue {@code anymq/wait/<level>/<digit>} for each hexadecimal digit of the delay in milliseconds
 * that is not 0, with that time to live; {@code anymq/due} passes it on, to topics through {@code
 * anymq/due/gate}</td><td>never early; some 9 ms
 * late for each queue; kept by a majority all the way; goes to the queue of that name, or to who is
 * subscribed, when it is due</td><td>see below</td></tr>
 * <tr><td>accept</td><td>{@code basic.ack}; one frame for a run of the oldest</td><td>in effect when
 * the consumer has closed</td><td></td></tr>
 * <tr><td>release</td><td>{@code basic.nack} with requeue</td><td>comes again before the others</td>
 * <td>on queues that do not count, and plain subscriptions, the core delivers it again itself</td></tr>
 * <tr><td>release with a delay, from queues and durable subscriptions</td><td>a copy takes the way of
 * a delayed send, back to its native queue; when that is confirmed, {@code basic.ack} of the
 * original</td><td>takes no place of the prefetch, and goes on while no consumer is open; at least
 * once</td><td>not in the depth meanwhile; a crash in between makes it come twice, both marked
 * redelivered</td></tr>
 * <tr><td>what waits for its redelivery or for its dead-letter queue, from bounded and temporary
 * queues and shared subscriptions that are not durable</td><td>stays unsettled; {@code basic.qos}
 * with {@code global} raises the limit of its channel by one meanwhile</td><td>takes no place of the
 * prefetch</td><td>comes again at once when its consumer goes. Takes a place where {@code
 * global_qos} is not permitted, which is so from 4.3 on by default; in a queue of unknown kind, and
 * in a quorum queue with a maximum length</td></tr>
 * <tr><td>the same, of a key-ordered consumer of another queue or durable subscription</td><td>stays
 * unsettled; when the prefetch is full, and half of it waits, another native consumer of the same
 * channel takes the place of the one before</td><td>takes no place of the prefetch; the order
 * stays</td><td>comes again at once when its consumer goes; up to one and a half times the prefetch
 * is held beside what waits. Takes a place while each of 31 native consumers holds something, and in
 * a quorum queue with {@code x-single-active-consumer} that somebody else made. {@code
 * consumer_timeout} counts</td></tr>
 * <tr><td>the same, from plain subscriptions</td><td>{@code basic.ack} at once: it would go with its
 * consumer anyway</td><td>takes no place of the prefetch</td><td></td></tr>
 * <tr><td>delivery count</td><td>{@code x-delivery-count} or {@code x-acquired-count}, plus one</td>
 * <td>quorum queues</td><td>counts messages that were on their way to a consumer when it went, too;
 * classic queues count by the hand-out log</td></tr>
 * <tr><td>what was handed to an application</td><td>a message in the durable classic queue {@code
 * handed-out/<queue>}, written before a redelivered message is handed out, and when any other goes
 * back; kept for 7 days, 100,000 of them; when a message that has some is accepted or dead-lettered,
 * an entry says that those before it do not count any more</td><td>read when a message has reached its limit</td><td>a
 * first hand-out that a crash ends is not recorded: a process killer is stopped one delivery later.
 * With 90,000 entries or more, half of the broker's count is taken for handed out at least. A user without rights to {@code handed-out/.*} is warned, and the broker's count decides</td></tr>
 * <tr><td>depth</td><td>passive declaration on a channel of its own</td><td>ready messages; exact
 * where nothing was ever delayed or released with a delay at the broker</td><td>what waits in {@code
 * anymq/wait/…} is in no number, and whose it is cannot be asked; see below</td></tr>
 * <tr><td>in-flight count</td><td>{@code messages_unacknowledged} of the management plug-in's HTTP
 * interface, where the option {@code management} says where that is</td><td>declared when it answers
 * this user as the link opens</td><td>not exact: up to 5 s old for quorum queues, as old as {@code
 * quorum_tick_interval}; a depth says so</td></tr>
 * <tr><td>purge</td><td>{@code queue.purge}</td><td>the ready ones</td><td></td></tr>
 * <tr><td>{@code unwrap}</td><td>{@code com.rabbitmq.client.Connection}</td><td>the one that asks and
 * consumes</td><td>producers have another</td></tr>
 * </table>
 *
 * <table>
 * <caption>Fields of a message</caption>
 * <tr><th>portable</th><th>native</th></tr>
 * <tr><td>body</td><td>the body</td></tr>
 * <tr><td>content type, id, correlation id, type</td><td>the properties {@code content-type}, {@code
 * message-id}, {@code correlation-id}, {@code type}; beyond 255 bytes a header {@code x-anymq-…} of
 * that name</td></tr>
 * <tr><td>reply-to</td><td>{@code reply-to} holds the native queue, {@code x-anymq-reply-to} the
 * portable form; a topic has only the latter</td></tr>
 * <tr><td>priority</td><td>to a prioritized queue {@code priority}; else, where it is not 4, the default,
 * {@code x-anymq-priority}: from 4.0 on quorum queues let what has a native one above 4 overtake. A
 * foreign message's is read from {@code priority}</td></tr>
 * <tr><td>persistent</td><td>{@code delivery-mode} 2 or 1</td></tr>
 * <tr><td>time to live</td><td>{@code expiration}, and {@code x-anymq-time-to-live}, which
 * dead-lettering by the broker leaves alone</td></tr>
 * <tr><td>timestamp</td><td>{@code timestamp} in seconds; the milliseconds, where not 0, in {@code
 * app-id} as {@code anymq/123}</td></tr>
 * <tr><td>way of a delayed message</td><td>{@code x-anymq-wait-<level>}, {@code x-anymq-due}, {@code
 * x-anymq-due-exchange}; it has no {@code expiration}, and keeps its routing key</td></tr>
 * <tr><td>that it may have been sent twice</td><td>{@code x-anymq-repeated}; its delivery is marked
 * redelivered</td></tr>
 * <tr><td>way of a released message</td><td>that of a delayed one, {@code x-anymq-delivered}, {@code
 * x-anymq-handed-out}, {@code x-anymq-routing-key}; {@code CC}, {@code BCC}, {@code x-death} and a
 * native expiration are {@code x-anymq-native-…} meanwhile</td></tr>
 * <tr><td>key, delivery delay</td><td>{@code x-anymq-key}, {@code x-anymq-delivery-delay}</td></tr>
 * <tr><td>properties</td><td>headers of their names and types. Those whose names the broker gives a
 * meaning ({@code CC}, {@code x-death} …) are headers {@code x-anymq-reserved-…}; numbers that are not
 * finite are texts {@code x-anymq-nan-…}, with their bits and their name</td></tr>
 * </table>
 *
 * <p>Of foreign messages, header types without a portable one are read as their nearest: decimal as
 * text, timestamp as milliseconds. Tables and arrays are JSON texts: an object or an array without
 * white space, bytes as base64, timestamps as milliseconds, numbers that are not finite as texts. A
 * header with an empty name is left out. What cannot be decoded has a malformed header of ours. A
 * dead letter keeps every native header and field, but that {@code CC} and {@code BCC}, a native
 * expiration and a {@code user-id} (which the broker would check) get the names {@code
 * x-anymq-native-…} and {@code amqp.user-id}. One whose headers do not fit into a frame together
 * with its marks is not sent; its message stays, and is tried again. {@code content-encoding},
 * {@code user-id}, {@code app-id}, and a {@code reply-to} that no portable name stands for, become
 * properties {@code amqp.content-encoding} and so on.
 *
 * <h2>Found by experiment, on 3.10.8 unless another version is named</h2>
 *
 * <ul>
 *   <li>A message whose headers hold NaN or an infinity makes the broker close the connection with
 *       541. Headers {@code CC} and {@code BCC} that are not arrays close the channel with 406.
 *   <li>Of several who declare one stream at once, all but one are answered before it takes
 *       anything, and what they publish to it ends their connections with 541 (3.10, in most of
 *       such cases). So one at a time makes a topic's stream, who holds the exclusive queue {@code
 *       lock/stream/x} for that moment.
 *   <li>Headers must fit into one frame: 131,072 bytes by default. Larger ones are refused with
 *       {@code MessageTooLargeException}, and those that would leave less than 8 KiB for the marks
 *       of a dead letter.
 *   <li>A message that expires in a queue which is in its {@code x-death} already, with nothing but
 *       expiries since, is dropped: a circle. So a copy that waits again has no {@code x-death}.
 *   <li>The arguments and flags that a declaration is compared by include {@code x-message-ttl},
 *       {@code x-expires}, {@code x-max-length}, {@code x-max-length-bytes}, {@code x-overflow},
 *       {@code x-queue-type}, {@code durable} and {@code auto_delete}: so a queue that loses what
 *       it confirms is found out over AMQP. Policies are not seen there; the management interface
 *       tells them ({@code effective_policy_definition}).
 *   <li>What answers on another broker's port makes amqp-client fail with {@code
 *       MalformedFrameException} (a web server, ActiveMQ, a ZeroMQ hub, a port for TLS) or {@code
 *       EOFException} (Kafka, which hangs up), each inside two others.
 *   <li>Quorum queues do not enforce exclusive consumers, and close the connection with 540 when
 *       they are deleted with {@code if-unused}; from 4.x on they ignore it. Hence the locks.
 *   <li>An exclusive queue cannot be declared where a queue of that name that is not exists, nor
 *       the other way round, by its own connection or another: 405 each time. Hence the lock of a
 *       shared subscription is a queue that goes with the last of its consumers.
 *   <li>A quorum queue with {@code x-max-length} 3 and {@code reject-publish} took 4 messages sent
 *       one by one, and 50 of 50 sent without waiting; a classic one took exactly 3 both ways. A
 *       classic queue with {@code x-max-priority} takes a message without a priority as one of 0.
 *   <li>The prefetch of a consumer cannot be changed: {@code basic.qos} holds for consumers that
 *       begin later. With {@code global} it sets a limit of the channel, which a classic queue
 *       heeds at once, up or down, also with {@code x-single-active-consumer}; what is settled
 *       after a lower limit was sent brings nothing before that is reached (the same on 4.0.5). A
 *       quorum queue and a stream break the connection then, with 540. {@code basic.qos} without
 *       {@code global} takes the channel's limit away. A broker that does not permit the deprecated
 *       feature {@code global_qos} reads {@code global} as false, without a word (seen on 4.0.5, so
 *       configured; 4.3's source has that by default). From 3.13 on its use is a warning in the
 *       broker's log, once a day.
 *   <li>What a cancelled consumer holds stays with its channel, of quorum queues too, and can be
 *       settled there. Another consumer of the channel has a prefetch of its own. While the
 *       prefetch of the first is full nothing is on its way to it, so changing from one to the
 *       other keeps the order: 2,000 messages in order through many such changes (the same on
 *       4.0.5). At the channel's end a quorum queue gives back what up to 32 of its consumers held
 *       in the order of their tags; those of more it gives back in the order of a hash table
 *       ({@code rabbit_fifo}, which has them in an Erlang map). So there are 31 at most, and one
 *       for what is on its way at the end; one that is cancelled and holds nothing is none.
 *   <li>A stream of 3.10 gives its consumer all of a chunk, that is of what came at one moment: 5
 *       messages with a prefetch of 1. 4.0.5 gave 1.
 *   <li>{@code x-max-length} counts ready messages: a classic queue with 5 that had given 3 to a
 *       consumer took 3 more. When the consumer went it held 8, lost none of them, and refused.
 *   <li>What arguments a queue has can be asked: a declaration with others is refused with a
 *       sentence that names the first that differs, and what the queue has for it. That is how the
 *       kind of a queue is found out, by its consumer when it opens, and by its producer when it
 *       opens: one question for an ordinary queue, three for a bounded one. A user who may not
 *       declare a queue sends to it as to an ordinary one.
 *   <li>The broker cuts that sentence to 252 bytes and {@code ...}; the queue's name comes before
 *       what the queue has. So prioritized and bounded queues are made only where their name and
 *       that of the virtual host have 110 bytes at most. A queue with a longer one that somebody
 *       else made, and that is none of the ordinary kinds, is not sent to: {@code
 *       InvalidDestinationException}.
 *   <li>{@code x-delivery-limit} -1 is taken by 3.10 without a word, and means that the first
 *       message that comes back is dropped; 4.x drops after 20 where nothing is set. Queues are
 *       made with a limit of 1,000,000,000. A native program that declares such a queue itself has
 *       to give the same arguments, or declare passively.
 *   <li>A queue that is not as this adapter makes it never gets single messages back, so that its
 *       limit is used up by consumers that close or crash. With a limit of 2, three consumers that
 *       fetched 4 of 10 messages and closed, cancelled before or not, left 6: the broker drops, or
 *       dead-letters, what has come back more often than the limit says, handed to an application
 *       or not; with 0 and -1 the first close did. The limit can be asked like the other arguments,
 *       and that of a policy with the management interface; the lower one counts, for the queues of
 *       this adapter too; from 4.0 on a negative one is none (by the source), and 3.10 refuses a
 *       policy with one. Each limit below that of this adapter's queues is named in a WARN, and so
 *       is 4.x's default.
 *   <li>From 4.3 on {@code x-delivery-count} leaves out messages given back; {@code
 *       x-acquired-count} counts all.
 *   <li>A channel that is closed right after acknowledgements loses some, unless its consumer is
 *       cancelled first.
 *   <li>Returns come before the confirmation of the same message; they are told apart by their ids,
 *       and by the header {@code x-anymq-sequence} where several with one id are under way.
 *   <li>1400 delayed messages, through up to three queues each: none early, 2.5 to 114 ms late,
 *       half of them under 21 ms. The broker takes a queue's time to live up to ten years, so that
 *       is the longest delay. Making a queue takes 11 ms, once for each digit that is used.
 *   <li>What a queue dead-letters at least once and nobody takes is kept and tried again: 40 such
 *       messages stopped all that came behind. So what is due for a queue that has been deleted
 *       goes to the queue {@code anymq/undeliverable}, and what is due for a topic also to one that
 *       drops it, {@code anymq/due/topics-sink} (a time to live of 0; empty after 50).
 *   <li>A broker that starts lets its quorum queues begin before it has its exchanges again, and
 *       these before their bindings, which come back in any order ({@code rabbit_vhost:recover};
 *       from 4.3 on the exchanges come first, and all stay, durable or not). What is due in that
 *       moment finds "no exchange" or no route, as the broker's log says, and is tried again after
 *       {@code dead_letter_worker_publisher_confirm_timeout}, three minutes by default. Of 60
 *       queues with messages that were due while the broker was killed, 1, 7 and 28 held theirs in
 *       three starts of 3.10.8, none or 1 in six of 4.0.5; such messages came 179.7 s after the
 *       start. With 8 queues none was held, and with the time set to 2 s all came within 2.1 s.
 *       Nothing that a client can do over AMQP has the broker try earlier.
 *   <li>Worse, a message could find some of the bindings: with 6,000 of them, 1 and 5 of 10 durable
 *       subscriptions missed one of 60 messages to their topic, in two of five starts. Hence the
 *       exchange {@code anymq/due/gate}: it is not durable, so that only a client can make it, who
 *       comes in when all is there. Of what goes to a topic nothing passes before: in six such
 *       starts nothing was missed.
 *   <li>Messages with a table of headers are sent about 20 % and received about 12 % slower than
 *       those with native fields alone (1 KiB, quorum queue). So a message without properties has
 *       none.
 *   <li>Publishing to an exchange that does not exist closes the channel; what was unconfirmed
 *       before is in doubt then.
 *   <li>Passive declaration says 0 when a queue's leader does not answer within 250 ms, and an
 *       older number, mostly 0, in the first second after the broker has started. Depth therefore
 *       asks again until the link is 2 seconds old, unless the link has made the queue or had a
 *       confirmation from it; and when a 0 took that long, of which a round trip is taken off only
 *       where all of five and more were long. Not seen through: a 0 while a cluster elects a new
 *       leader.
 *   <li>What is published before a quorum queue has a leader is not lost, and not in doubt: a
 *       channel's first message to a queue waits in the channel until the leader has registered
 *       that ({@code rabbit_fifo_client:enqueue}, the same in 4.0 and 4.3; after 65 s it is {@code
 *       basic.nack}). Of 2,280 first messages, on a channel and to a queue of their own each, as
 *       soon as a killed broker took connections again, all were confirmed within 1.1 s, in 20
 *       starts on a machine with a load of 30; on 4.0.5 all 240 in four starts. The broker was away
 *       for 9 to 39 s: that can be longer than {@code send-timeout}, and then sends are in doubt.
 *   <li>A broker whose process is killed forgets a quorum queue, with its messages, that was made
 *       less than one or two seconds before: the name table of its Raft library is saved half a
 *       second after its last change at the earliest (the same in 4.3). Older queues lose nothing
 *       that was confirmed. Such a queue may exist again, and never elects a leader: of eight made
 *       right before a kill, seven took a message at once and the eighth answered {@code
 *       basic.nack} after 65.2 s, which is longer than {@code send-timeout}. Delete it, and make it
 *       again.
 *   <li>What is on its way to a consumer of a quorum queue when that is cancelled goes back by
 *       itself, before what the consumer held: of 0, 2 … 9 held and 10 on its way, the next
 *       consumer got 10 first. And a {@code basic.nack} of more than 32 messages of a quorum queue
 *       gives them back in the order of a hash table: of 0 to 99, 16 comes first, then 79. Only the
 *       end of a channel gives all back in order and in one step, what its first consumer held
 *       before what its second one did, by their tags. So a key-ordered consumer is cancelled,
 *       another one of its channel takes what has gone back at once, and the channel ends. One of a
 *       classic queue, whose acknowledgements a closing channel does not lose, is not cancelled.
 *       Who has its turn next begins when the queue has no consumer: the broker forgets a lost one
 *       in the same step in which it takes back what that held. Passive declaration says 0
 *       consumers, too, when a queue's leader does not answer within 250 ms.
 *   <li>A stream gives a message's fields and headers back as they were, in all types but tables
 *       and arrays, which are gone after it (3.10). So no field of a message is in a table.
 *   <li>A stream's consumer whose offset is beyond the end gets nothing, until as many messages
 *       have been sent; {@code first}, an offset and a time gave the first message after 2 to 11
 *       ms. A stream is made in 29 ms and tells a depth that lags (12,996 of 20,005).
 *   <li>The management interface told of 3 unacknowledged messages of a classic queue after 30 ms,
 *       and of a quorum queue after 4,954 ms, in the list of queues; on the page of the one queue
 *       after 4,915 and 7,437 ms. Its listener is up before the broker takes connections.
 *   <li>A thread that is blocked in a write to a silent broker keeps amqp-client from ending the
 *       connection after missed heartbeats. The adapter closes the socket itself.
 *   <li>amqp-client stops reading a whole connection when 1000 deliveries wait for one slow
 *       consumer. The adapter has its callbacks run on the reading thread and queues by itself.
 * </ul>
 *
 * <p>When the broker runs short of memory or disk it stops reading from connections that publish.
 * Sends then wait unconfirmed, nothing is lost, and a warning is logged; consumers go on, as they
 * have a connection of their own. A delivery that is held longer than the broker's {@code
 * consumer_timeout} (30 minutes by default) costs the consumer its channel: it is opened again, and
 * the message comes again. Quorum queues of 4.3 and later take such a message back themselves, and
 * end the native consumer with {@code basic.cancel} (by their source; not seen): it is opened
 * again, too, but until then the message can come behind later ones.
 *
 * <p>Delays count by the broker's clock. One that ended while the broker was down goes on when it
 * is back, and then still waits for its lower digits. Those that are due within some milliseconds
 * of each other can overtake, with different delays; with one delay they stay in order. An expiry
 * that comes first is seen when the message is handed out: till then it is in the depth. A crash of
 * a broker can make a delayed message come twice, not marked. A delayed send looks for its
 * destination each time, which is one round trip: nothing tells a client that a queue was deleted,
 * and a message that waits is confirmed all the same. A depth asks whether anything was ever
 * delayed by an empty message to {@code anymq/due/topics-sink}, which drops it, or does not exist:
 * so a link that only asks has a connection that writes, too. A user who may not write to the
 * default exchange leaves one error 404 in the broker's log with each depth, until something has
 * been delayed. Temporary queues of others cannot be delayed to: {@code ACCESS_REFUSED}. The queues
 * are quorum queues whatever {@code queue-type} says.
 *
 * <p>A topic that keeps what is sent stores each message once more, and a send waits for that, too.
 * A moment is found by the broker's clock, from a minute earlier on, and what is from before is
 * passed over by the messages' own timestamps; a message without one, of a native program, is
 * delivered. The broker drops whole segments of 50 MB, so some more than {@code replay-retention}
 * may be there. A position outlives its topic: when that was deleted and made again, a replay
 * behind it waits until as many messages have been sent. The option is the connection's: others
 * send to the stream all the same, and have {@code REPLAY} where they set it too.
 *
 * <p>Classic queues do not count deliveries. The core counts what is released, as long as the
 * consumer lives: it delivers again from the same unsettled delivery, so a release goes to the same
 * consumer. When a consumer goes, what it held comes again with the count of the hand-out log, so
 * that a message that kills each process it comes to is stopped. A {@code basic.nack} of a classic
 * queue that refuses when it is full is taken to say so; that the queue's process failed in that
 * moment would look the same.
 *
 * <p>A producer asks again for the kind of its queue when its own connection has made or deleted a
 * queue, and after a {@code basic.nack} or a return. That another connection deleted the queue and
 * made it as another kind between two sends is not seen: those are sent as to the old one. A topic
 * that another connection deleted and made again keeps nothing before this one makes it, or
 * subscribes to it with a stream anew.
 *
 * <p>Not declared: transactions that are atomic. AMQP's {@code tx} does not cover quorum queues,
 * nor several of them at once.
 */
@NullMarked
package io.anymq.rabbit;

import org.jspecify.annotations.NullMarked;
