/**
 * The adapter for ActiveMQ Classic, and for less with ActiveMQ Artemis, over OpenWire: {@code
 * activemq:tcp://host:61616} or {@code activemq:ssl://host:61617} (the JVM's own key and trust
 * stores). The native {@code failover:} transport is refused, for it would recover behind the
 * core's recovery. Option: {@code heartbeat}.
 *
 * <table>
 * <caption>Portable term, native term</caption>
 * <tr><th>portable</th><th>native</th></tr>
 * <tr><td>connection</td><td>one connection, and one more for each durable subscription,
 *     and for the moving member of each shared one</td></tr>
 * <tr><td>queue, topic</td><td>queue, topic of the same name; they are two name spaces</td></tr>
 * <tr><td>confirmed send</td><td>the broker's answer to the message, which it gives when it has
 *     stored it; not waited for, so that sends are pipelined</td></tr>
 * <tr><td>prefetch</td><td>{@code prefetchSize}; raised by a {@code ConsumerControl} for each
 *     delivery that is parked</td></tr>
 * <tr><td>accept</td><td>{@code INDIVIDUAL_ACK}; for a row of neighbours one {@code STANDARD_ACK}
 *     of the range</td></tr>
 * <tr><td>release</td><td>none for a single message: the core delivers it again by itself</td></tr>
 * <tr><td>delivery count</td><td>redelivery counter of the dispatch, plus 1</td></tr>
 * <tr><td>earlier hand-outs</td><td>records, which expire after 24 hours, in the queue {@code
 *     anymq:handed.<queue>}; written for messages that come again, read when the count has reached
 *     a limit</td></tr>
 * <tr><td>plain subscription</td><td>consumer of the topic</td></tr>
 * <tr><td>durable subscription</td><td>durable subscriber of that name with the client id {@code
 *     anymq:<topic>:<name>}; the empty queue {@code anymq:durable.<topic>:<name>} says that it is
 *     there, so that it is removed with its topic</td></tr>
 * <tr><td>message that is sent again after a loss</td><td>redelivery counter 1, and the property
 *     {@code x-anymq-repeated}</td></tr>
 * <tr><td>pattern</td><td>{@code *} as it is; from the first {@code #} on {@code >}, and the adapter
 *     leaves out what that brings too much</td></tr>
 * <tr><td>shared subscription</td><td>a durable subscriber, a queue {@code anymq:shared.<topic>:<name>}
 *     that its members consume, and one member that moves messages from the one to the other in
 *     transactions: the exclusive consumer of the queue {@code anymq:lease.<topic>:<name>}. Of a
 *     pattern it is {@code :pattern:<pattern>} instead of the topic; what is not durable has {@code
 *     :while-used:} before that</td></tr>
 * <tr><td>order by key</td><td>exclusive consumers, of which the broker serves one; a sign for
 *     others is a consumer of the queue {@code anymq:turns.<queue>}</td></tr>
 * <tr><td>selector on a queue</td><td>the consumer's selector, translated; a browser makes the broker
 *     read on behind what nobody selects</td></tr>
 * <tr><td>selector on a subscription</td><td>none, the core selects: the broker empties a durable
 *     subscription whose selector changes</td></tr>
 * <tr><td>browse</td><td>consumer with {@code browser} set; needs the statistics plug-in, whose size
 *     is where it ends</td></tr>
 * <tr><td>temporary queue</td><td>temporary queue {@code <connection id>:<portable name>}; a native
 *     program answers to it by {@code JMSReplyTo}</td></tr>
 * <tr><td>delivery delay</td><td>{@code AMQ_SCHEDULED_DELAY}, where the broker's scheduler is on; a
 *     topic's message goes to those who are subscribed when it is due</td></tr>
 * <tr><td>depth</td><td>{@code size} and {@code inflightCount} of the statistics plug-in</td></tr>
 * <tr><td>exists</td><td>the statistics plug-in; without it, the advisory messages' replay</td></tr>
 * <tr><td>purge</td><td>pulls until the broker says that nothing is left</td></tr>
 * <tr><td>commit</td><td>a local transaction; over several native connections an XA transaction of
 *     one phase</td></tr>
 * </table>
 *
 * <table>
 * <caption>A message's fields</caption>
 * <tr><th>portable</th><th>native</th></tr>
 * <tr><td>body</td><td>{@code TextMessage} when the content type is {@link io.anymq.Message#TEXT}
 *     and the bytes are UTF-8, otherwise {@code BytesMessage}</td></tr>
 * <tr><td>properties</td><td>properties of the same name and type; bytes in {@code
 *     x$anymq$bytes$<name>}, for the broker's selectors cannot bear to compare them</td></tr>
 * <tr><td>correlation id, type, reply-to, priority, timestamp, persistent</td><td>{@code
 *     JMSCorrelationID, JMSType, JMSReplyTo, JMSPriority, JMSTimestamp, JMSDeliveryMode}; texts that
 *     are too long for a header in {@code x$anymq$correlation_id}, {@code x$anymq$type}</td></tr>
 * <tr><td>id, key, content type, time to live, delivery delay</td><td>{@code x$anymq$id}, {@code
 *     x$anymq$key}, {@code x-anymq-content-type}, {@code x-anymq-time-to-live}, {@code
 *     x-anymq-delivery-delay}: {@code JMSMessageID} is the provider's</td></tr>
 * </table>
 *
 * <p>Of a message without our properties, the id is {@code JMSMessageID}. A {@code MapMessage} is
 * delivered as a JSON object, a {@code StreamMessage} as a JSON array, both with the content type
 * {@code application/json}; a property that is a list or a map is delivered as JSON text. In that
 * JSON names are in order, bytes are Base64, and characters, NaN and the infinities are texts. An
 * {@code ObjectMessage} is undecodable: nothing is ever deserialized. As a dead letter it can be
 * read, as the bytes that it came with. A property without a name, or with one of more than 255
 * bytes, is left out. The dead letter of a native program's message keeps its kind, its body and
 * its native properties, however often it is buried; when it would have expired is in {@code
 * x-anymq-native-expiration}, and properties of ours that could not be read have {@code
 * x-anymq-native-} before their names.
 *
 * <p>{@code unwrap} gives the {@link org.apache.activemq.ActiveMQConnection}.
 *
 * <h2>What experiments with 6.3.1 showed</h2>
 *
 * <ul>
 *   <li>The native client takes an interrupt of a thread that waits for an answer for a failure of
 *       the transport, which ends the connection for all. Its synchronous requests are not used:
 *       one thread for each connection writes, and callers wait for that.
 *   <li>A command that cannot be encoded is an {@code IOException} of the transport, as a loss is.
 *       So messages are encoded, and their size is checked, before they reach the wire.
 *   <li>A {@code ConsumerControl} with a larger prefetch makes the broker dispatch at once, to
 *       consumers of queues and topics and to durable subscriptions.
 *   <li>The broker passes on the redelivery counter that a message is sent with; a durable
 *       subscription replaces it by its own count once it has delivered the message.
 *   <li>Another protocol's first bytes are taken for a length: RabbitMQ, http and TLS show as a
 *       frame that is too large, Kafka as the end of the stream.
 *   <li>When a consumer closes, the broker counts a delivery for all unsettled messages up to the
 *       last one delivered, and for none if that very message was accepted: the native client,
 *       which names the last one delivered, so loses the mark. This adapter names the last one that
 *       is unsettled and that the application was handed; what only waited is not counted.
 *   <li>A queue is read in pages of 200 ({@code maxPageSize}), and the next page is looked for only
 *       when something happens. A consumer that holds a page unsettled is fed no more, whatever its
 *       prefetch; it has to ask again.
 *   <li>The statistics plug-in answers to a temporary topic with a synchronous consumer before the
 *       question is confirmed, and so do replays of advisories: an answer that is not there then
 *       will never come. Asked through a topic, a broker without the plug-in keeps nothing.
 *   <li>A forced deletion (time-out -1) leaves consumers registered and silent; a send makes the
 *       queue again. The adapter hears of deletions by advisory messages: it ends its consumers,
 *       fails later sends, and takes back what was on its way.
 *   <li>A browser's acknowledgements take nothing from the queue; they only make room in its
 *       prefetch, so that a queue of many pages is seen whole. The end is a dispatch without a
 *       message. It sees messages that a consumer holds, too, and expired ones, which the adapter
 *       leaves out.
 *   <li>{@code a.>} brings {@code a} too. {@code >} brings the broker's advisory messages: a
 *       selector keeps them out, of durable subscriptions too. A durable subscription to a pattern
 *       keeps what is sent to topics that are made while nobody is there.
 *   <li>Of exclusive consumers the broker serves the one that has been there longest; when it goes,
 *       the next gets first what it had held, in order and marked. Other consumers get nothing
 *       while one is there, and pulls neither: so a purge takes the turn by its priority.
 *   <li>The broker's selectors mean something else for missing properties, for NaN and -0.0,
 *       between types of numbers and beyond 32 bits; and some values are an exception, whose
 *       message nobody gets any more: see {@code ActiveMqSelector}. A page that nobody selects
 *       hides what is behind it, until a browser comes; that may select nothing.
 *   <li>Message groups ({@code JMSXGroupID}) are no order by key: by default the broker remembers
 *       the owners of the last 1,024 groups. Of 2,999 groups with two messages each, two consumers
 *       held one of every group at the same time.
 *   <li>A deleted topic stays in durable subscriptions as it was: when one of its name is made,
 *       they get nothing of it until the broker is restarted. So subscriptions are removed with
 *       their topic.
 *   <li>The broker lets only that connection consume a temporary queue whose id its name begins
 *       with, so that the portable name alone does not tell the native one. It is learnt from the
 *       reply-to of a message; for a name that came in another way the statistics plug-in is asked
 *       for all temporary queues. After an outage the queue has another native name: a late death
 *       of the old connection does not take the new queue with it.
 *   <li>The scheduler rounds up to the next half second: never early, up to half a second late. It
 *       schedules after the commit of a transaction and not within it, so that a crash in between
 *       would lose the message: a delayed message in a session is refused, and a delayed release is
 *       left to the core. It moves the native timestamp and expiry of what is due, unless the
 *       timestamp is 0: so that of a delayed message is in {@code x$anymq$timestamp}. Whether it is
 *       on, a message without an action to its management tells.
 *   <li>The scheduler reads and writes the properties of what is due, with the fault that the next
 *       point tells: so such texts of delayed messages go as bytes, in {@code x-anymq-text.<name>}.
 *   <li>The native client writes texts in properties in modified UTF-8 and reads them as UTF-8: it
 *       cannot read its own characters beyond the basic plane. This adapter reads them rightly.
 * </ul>
 *
 * <h2>ActiveMQ Artemis</h2>
 *
 * <p>Which broker it is, is found out when the connection opens; {@link io.anymq.BackendInfo} says
 * {@code artemis}. What 2.44.0 showed:
 *
 * <ul>
 *   <li>In the protocol it looks like Classic: the version that it tells is that of the OpenWire it
 *       is made with, the provider's name is {@code ActiveMQ}. The broker's id is a UUID where that
 *       of Classic begins with {@code ID:}, which a Classic broker can be given, too: so a broker
 *       with such an id is asked by its management ({@code activemq.management}), which also tells
 *       its version. One that does not answer is refused: in the mapping for Classic, Artemis would
 *       damage messages. Who may not ask (permission {@code manage}) is refused when the connection
 *       opens, since nobody would tell which destinations exist.
 *   <li>No statistics plug-in, no scheduler of that kind, and advisories only of what is made and
 *       deleted over OpenWire: existence, depth, and the making and deleting of topics go through
 *       the management. Its own deletion of a topic leaves the address, refuses while there are
 *       subscriptions, and takes the queue of that name along. So deletions are told by advisory
 *       messages that this adapter sends; those that are made in another way go unnoticed.
 *   <li>It reads all properties and writes them again: texts beyond the basic plane and with U+0000
 *       come back damaged, and bytes not at all. Both go as Base64, in {@code x-anymq-text.<name>}
 *       (of UTF-16) and {@code x$anymq$bytes$<name>}. It adds {@code __AMQ_CID} to every message;
 *       the adapter leaves out what begins with {@code __} or {@code _AMQ_}, and sends an
 *       application's properties of such names under another one.
 *   <li>It stores properties with two bytes for each character in one record of its journal, of 490
 *       KiB by default: what would not fit there with the marks of a dead letter is refused.
 *   <li>It orders every queue by the native priority: so the portable one goes in {@code
 *       x$anymq$priority}, and the native one is always that of the middle.
 *   <li>Settings that lose what was confirmed are read when a connection first uses a destination,
 *       and named in a warning: {@code address-full-policy} {@code DROP}, {@code page-full-policy}
 *       {@code DROP} with a limit of pages, of the expiry delays the first that is set of {@code
 *       expiry-delay}, {@code max-expiry-delay} and {@code min-expiry-delay} (not with {@code
 *       no-expiry}), {@code max-delivery-attempts} without a dead letter address, {@code
 *       ring-size}, last-value queues, {@code purge-on-no-consumers}, queues that are not durable.
 *       What is set later, or goes through a divert or a filter, goes unnoticed.
 *   <li>Whether it stores anything ({@code persistence-enabled}), its management tells; where it
 *       does not, persistence is not declared.
 *   <li>Not declared: browse, temporary queues, shared subscriptions, selectors on queues, key
 *       ordering, delivery delay. They are built on the statistics plug-in and the scheduler.
 * </ul>
 *
 * <h2>Known gaps</h2>
 *
 * <ul>
 *   <li>First in, first out holds among persistent and among non-persistent messages, not between
 *       the two, as Jakarta Messaging allows.
 *   <li>The broker keeps delivery counts in memory: after its restart they begin anew. What this
 *       connection had before is marked as redelivered by the core, which remembers it; what
 *       another process had that died with the broker is not.
 *   <li>When a client dies, the broker counts all that was prefetched, seen or not: the delivery
 *       count is then too high. The redelivery limit goes by the records of hand-outs. Of these the
 *       first is missing when a process dies with a message that it had for the first time. Where
 *       records cannot be kept (Artemis, no statistics plug-in, no right to write to {@code
 *       anymq:handed.>}), the limit goes by the count.
 *   <li>A browser may show messages that a consumer holds unsettled, and while it looks, what it
 *       was sent and has not read yet counts as in flight.
 *   <li>A native program's own temporary queue has no portable name: as a reply-to it comes as the
 *       property {@code JMSReplyTo}.
 *   <li>What is delayed is sent when it is due, also to a queue that was deleted meanwhile, which
 *       the broker makes again. The scheduler takes a message for what does not exist, a temporary
 *       queue too: so a delayed send waits until all that the broker told before is known.
 *   <li>Priority is left to the core: the broker orders by it only where its policy says so, for
 *       all queues of a name pattern, and tells no client; of a backlog that is not in memory
 *       KahaDB keeps three classes. Where the policy is on, ordinary queues are not first in, first
 *       out. No bounds: limits are of memory, and what exceeds it is stored.
 *   <li>With selecting consumers the broker keeps in memory all that nobody selects.
 *   <li>A durable subscription without a consumer whose topic another program deletes has the fault
 *       told above: when the topic is made again, it gets nothing of it before the broker's
 *       restart. So has one to a pattern, unless it has a consumer when the topic is made again;
 *       then it gets what is sent, but the broker stores nothing of it. So the adapter deletes no
 *       topic that such a pattern matches; what another program deletes, open consumers warn of.
 *   <li>A shared subscription that is not durable and whose members all crash collects until the
 *       next such subscription is made on that broker.
 *   <li>A shared subscription whose messages cannot be moved for a reason that may pass, such as a
 *       full store, is tried again for ever. That is logged as a warning, and told to who joins
 *       between two attempts; consumers that are open get nothing new. When the reason does not
 *       pass by itself (a right was withdrawn, the broker refuses a message), the consumer is ended
 *       with it after a second, and then the next one that would have to move it.
 *   <li>Patterns go by native names: a topic with a configured name is found by that one.
 *   <li>Without the statistics plug-in there are neither depth, browsing, temporary queues, shared
 *       subscriptions, selectors on queues nor order by key. Two things go on and are worse, which
 *       a warning tells when the connection opens: hand-outs are not recorded, so that what a
 *       crashed process had only prefetched counts as delivered; and durable subscriptions without
 *       a consumer are not removed with their topic. Without the plug-in and advisory messages
 *       there is no {@code exists}, and deletions go unnoticed.
 *   <li>A broker with a {@code pendingMessageLimitStrategy} for topics, as its example
 *       configuration has, discards from slow plain subscriptions; durable ones lose nothing.
 *   <li>No client can read the broker's policies and plug-ins. So these go unnoticed: {@code
 *       persistent="false"}, whose queues end with the broker; {@code timeStampPlugin}, which can
 *       give messages an expiry; {@code discardingDLQBrokerPlugin} and a {@code discarding} dead
 *       letter strategy, which drop what expires and what native clients reject; {@code
 *       gcInactiveDestinations}, which removes empty queues, and so the marks of durable
 *       subscriptions. What is accepted into a queue is otherwise not dropped: the limits are of
 *       memory, and hold up the producer.
 *   <li>Names under {@code ActiveMQ.Advisory.} and {@code ActiveMQ.Statistics.}, virtual topics and
 *       properties such as {@code AMQ_SCHEDULED_DELAY} keep their native meaning: a message with
 *       that one, or with {@code _PERIOD} or {@code _CRON}, is sent as a delayed one is.
 * </ul>
 */
@NullMarked
package io.anymq.activemq;

import org.jspecify.annotations.NullMarked;
