/**
 * The adapter for Kafka, over {@code kafka-clients}: queues on share groups, topics on topics.
 *
 * <table>
 * <caption>Portable terms on Kafka</caption>
 * <tr><th>portable</th><th>native</th><th>guarantee, known gap</th></tr>
 * <tr><td>URL</td><td>{@code kafka://h1:9092,h2:9092}: bootstrap servers</td>
 * <td>a user and a password need {@code security-protocol=sasl_ssl} (or {@code sasl_plaintext}); else
 * they are refused</td></tr>
 * <tr><td>queue {@code a.b}</td><td>topic {@code queue.a.b}, share group {@code
 * anymq:queue:queue.a.b}</td><td>one partition by default; {@code retention.ms=-1}, because nothing
 * that is not consumed may go: Kafka does not drop what was accepted either, {@link
 * io.anymq.Capability#PURGE} does</td></tr>
 * <tr><td>queue {@code a_b}</td><td>topic {@code queue-u.a_b-b}</td><td>Kafka takes {@code a.b} and
 * {@code a_b} for one; the end tells which separators are underscores</td></tr>
 * <tr><td>topic {@code t}</td><td>topic {@code topic.t}</td><td>{@code retention.ms=-1} too, for the
 * sake of durable subscriptions; set another retention on the topic where that grows too
 * large</td></tr>
 * <tr><td>body, key, timestamp</td><td>value, key, timestamp of the record</td><td>a timestamp before
 * 1970 or more than 30 minutes ahead, or on a topic with {@code LogAppendTime}: header {@code
 * x-anymq-timestamp}</td></tr>
 * <tr><td>property</td><td>header of its name, as text in UTF-8 (bytes as they are)</td><td>types other
 * than string in {@code x-anymq-types}: {@code n=integer,blob=bytes}</td></tr>
 * <tr><td>id, content type, correlation id, reply-to, type, priority, …</td><td>headers {@code
 * x-anymq-id}, {@code x-anymq-content-type}, {@code x-anymq-correlation-id}, {@code
 * x-anymq-reply-to} ({@code queue:name}), {@code x-anymq-type}, {@code x-anymq-priority}, {@code
 * x-anymq-persistent}, {@code x-anymq-time-to-live}, {@code x-anymq-delivery-delay}</td><td>text;
 * defaults are left out</td></tr>
 * <tr><td>foreign record</td><td></td><td>headers that are UTF-8 become strings, others bytes; of several
 * of one name the last counts; one without a value, without a name or with one of more than 255
 * bytes is left out; a key that is not text becomes the property {@code kafka.key}; no value is an
 * empty body. A dead letter keeps all headers, the key and the value byte for byte; headers {@code
 * x-anymq-…} that could not be read are {@code x-anymq-original-…} there</td></tr>
 * <tr><td>confirmed</td><td>{@code acks=all}, idempotent producer, one for a link</td><td>stored by all
 * replicas in sync; order is kept</td></tr>
 * <tr><td>accept, release</td><td>{@code ACCEPT}, {@code RELEASE}</td><td>native</td></tr>
 * <tr><td>delivery count</td><td>the share group's, and {@code x-anymq-deliveries}</td><td>counts
 * fetches, so it may be too high. How often an application had a message is in topic {@code
 * anymq.handouts}: written for deliveries that come again, and for a first one when it is released
 * or its consumer closes, before the broker has it back; read for a message whose count has reached
 * the limit. A first delivery of a process that was killed is not in it. Without the rights to that topic (create, write, read)
 * the share group's count decides</td></tr>
 * <tr><td>delivery limit of the share group</td><td>a copy, two attempts before</td><td>where no
 * copy can be written the consumer keeps the record locked and delivers it again itself. With its
 * last attempt the record is noted, as metadata of an offset of group {@code
 * anymq:kept:<consumer>.<0-31>:<share group>} (right: READ on it), and written again by whoever
 * consumes the queue next and may: at once, then every 10 s. Each consumer has groups of its own, as
 * a commit replaces what another has just written; group {@code anymq:kept::<share group>} tells
 * that there are any, and without it nobody lists the cluster's groups. Kafka forgets the note 7 days after that ({@code offsets.retention.minutes})</td></tr>
 * <tr><td>dead letter</td><td>record of the dead-letter queue's topic</td><td>one that its topic
 * refuses for its size raises {@code max.message.bytes} there, to that of the topic it comes from
 * and 64 KiB more (right: ALTER_CONFIGS), and is sent again a second later. Without that right it
 * is sent without its text, and then every 30 s. The native producer sends no record that is larger
 * than its {@code buffer.memory}: 32 MiB, or more where {@code max-message-bytes} is</td></tr>
 * <tr><td>parked delivery</td><td>stays locked, by its lane</td><td>takes no place of the prefetch;
 * 32 lanes are the limit, so with a prefetch of 1 some 30 can be parked before the consumer
 * waits</td></tr>
 * <tr><td>prefetch</td><td>lanes in {@code record_limit} mode</td><td>never exceeded in what is
 * handed out, nor in what the broker lends; at most 32 lanes, so that a consumer which holds 32
 * batches unsettled gets no more</td></tr>
 * <tr><td>plain subscription</td><td>assigned consumer, no group</td><td>begins at the ends as they were
 * when it was opened</td></tr>
 * <tr><td>durable subscription {@code s} to {@code t}</td><td>share group {@code
 * anymq:topic:topic.t:s}</td><td>in use while the group has members; after a crash of its holder's
 * process that is 45 s ({@code share.session.timeout.ms})</td></tr>
 * <tr><td>plain subscription to a pattern</td><td>assigned consumer of all topics that match</td><td>a
 * topic made later is found within 0.2 s, as the topics are listed so often, and read from its
 * beginning; one that was deleted and made again is told by its id. In order within a topic</td></tr>
 * <tr><td>durable or shared subscription {@code s} to a pattern {@code p}</td><td>share group {@code
 * anymq:pattern:p:s:<topic>} for each native topic that matches; share group {@code
 * anymq:pattern:p:s} (not durable: {@code anymq:pattern:p:~s}), over the empty topic {@code
 * anymq.patterns}, holds the subscription</td><td>a topic made later is found within 0.2 s and read
 * from its beginning. A native consumer and a thread for each topic: not for hundreds of topics. The
 * broker may lend the prefetch for each topic; it is not exceeded in what is handed out</td></tr>
 * <tr><td>temporary queue</td><td>a queue's topic and share group; the topic carries the number of its
 * link's lease in {@code delete.retention.ms}, and the lease is the consumer group {@code
 * anymq:lease:<number>}, whose one member lives as long as the link</td><td>deleted when the link
 * closes. After a crash the member is gone within 10 s ({@code session.timeout.ms}); then whoever
 * wants to send deletes the topic, and so do all links that have temporary queues themselves: when
 * they make their first one, and every 20 s. A process that is stopped for longer loses its temporary
 * queues, and makes them again</td></tr>
 * <tr><td>order of keys</td><td>consumers that ask for it are members of the consumer group {@code
 * anymq:turns:<share group>}; the one that has all partitions there, {@code TurnAssignor}, is a member
 * of the share group</td><td>its key decides a record's partition, and a partition is read in its
 * order. Consumers that take no turns are refused meanwhile, and the other way round</td></tr>
 * <tr><td>delivery delay</td><td>waits in topic {@code anymq.delays}; partition <i>n</i> is for what
 * is due in 4<sup>n</sup> seconds or more, and is read in its order; what is due within 4 s is sorted
 * by a timetable. One link at a time moves it: the member of group {@code anymq:delays} that has all
 * partitions ({@code TurnAssignor}). One more stands by; the others look every 5 s whether there are
 * two</td><td>moved in one transaction
 * with the places in {@code anymq.delays}: not lost, and not twice. Not early by the sender's and the
 * mover's clocks. To a topic: published when it is due. While no link is open it waits; after a crash
 * of its mover up to 10 s ({@code session.timeout.ms}), and 5 s more where nobody stood by; a mover
 * whose link was cut and is back is removed by the next one of its JVM, before its session ends.
 * What is due for a topic that is gone goes with
 * it, when a second look 5 s later does not find it either; what a topic does not take is tried again
 * every minute. Rights of whoever is connected: read, write, describe and delete on {@code anymq.delays}, read on
 * group {@code anymq:delays}, write on the transactional id of that name, and describe, write and
 * alter configs on all destinations of delayed messages. Without the right to the transactional id a
 * delayed message is refused; should it turn out later that nobody may move them, from then
 * on</td></tr>
 * <tr><td>depth</td><td>lag of the share group; of a queue that has had delayed messages, marked by
 * {@code min.compaction.lag.ms=1}, of one to which a program writes in transactions, is compacted,
 * or whose group is behind its first record, the records that a browser would see</td><td>exact at
 * rest; ready and in flight. Of programs that write in transactions the broker tells for a day after
 * their last record ({@code DescribeProducers}; right: READ on the topic, without it the depth is
 * not exact). Later their markers and aborted records count until the group has passed them, for
 * links that have not asked before. So do those of delayed messages, where the broker refuses the
 * mark (no right to alter configs, or a policy) and the note in group {@code anymq:transactional},
 * which is logged. While the group has no members, all that is there is ready</td></tr>
 * <tr><td>browse</td><td>an assigned consumer, in no group, of what {@code __share_group_state} does
 * not say to be accepted or archived</td><td>in order, up to the end as it was when the look began;
 * what consumers hold is shown too, because the broker writes down what was settled, and not what is
 * lent. Not declared where this user may not read that topic</td></tr>
 * <tr><td>purge</td><td>moves the group to the end and deletes the records; with members: consumes what
 * is there</td><td>what others hold stays</td></tr>
 * <tr><td>lost connection</td><td>no broker answers for {@code link-timeout}, or nobody listens any
 * more</td><td>asked every second</td></tr>
 * </table>
 *
 * <p>{@code Connection.unwrap} gives {@link org.apache.kafka.clients.admin.Admin} and {@link
 * org.apache.kafka.clients.producer.Producer}.
 *
 * <h2>What was learnt by experiment (4.4.0)</h2>
 *
 * <ul>
 *   <li><b>A share group loses messages at its delivery limit.</b> With {@code
 *       share.delivery.count.limit} at 10, the most that a broker with default settings allows (5
 *       is the default), the tenth release archived the record: the lag fell to 0, nobody got it
 *       any more. So a message is written again before that, see {@code DeliveryLimit}.
 *   <li>At the limit, a release, the close of a session and the end of a lock all archive the
 *       record (4.4.0: {@code InFlightState.tryUpdateState}), and no close takes an attempt back. A
 *       renewal keeps it. A broker takes no offset for a partition that does not exist, so notes
 *       share the metadata of one, 4096 bytes.
 *   <li>{@code poll} throws while a record of the last one is not acknowledged, and while renewed
 *       ones are there it gives back those and fetches nothing. So a consumer has several lanes,
 *       see {@code GroupConsumer}.
 *   <li>A second member of a group got its first record after 5.1 s, at its next heartbeat; with
 *       {@code share.assignment.interval.ms=0} on the group after 20–70 ms.
 *   <li>Of 600 records in one batch a member with {@code max.poll.records=500} is lent all 600 in
 *       mode {@code batch_optimized}, the default, and 500 in mode {@code record_limit}. The latter
 *       received 85,000–88,000 messages of 1 KiB a second with a prefetch of 500, the former
 *       85,000–117,000 (two and three runs, on two busy cores).
 *   <li>A release that travels with the next fetch comes back when that fetch's wait of 500 ms is
 *       over; sent before it, after 10 ms.
 *   <li>{@code alterShareGroupOffsets} before the first member: the first record came after 50–200
 *       ms, and the lag is known from the start. It is refused while the group has members, and,
 *       right after a topic was made, because the coordinator has not heard of that. The very first
 *       one on a cluster takes 2 s, for the internal topic is made.
 *   <li>An acceptance can be read in {@code __share_group_state} when {@code commitSync} returns,
 *       and a release too: as batches of places, each with its state. A record that is only lent is
 *       not there. A snapshot of a partition's state follows after 500 updates of it. To read it
 *       and decode it took 15–20 ms. The passing over of transaction markers and of aborted records
 *       is written down as well, when a consumer has come upon them.
 *   <li>On a cluster that has just started, the first member of a share group got its first record
 *       4.9 s after it was opened: the broker makes {@code __consumer_offsets}, and the member
 *       hears of its partitions with the next heartbeat. So the first consumer of a link waits for
 *       that.
 *   <li>A consumer of assigned partitions whose topic was deleted fetches again at once, and logs
 *       each failure, 1,400 lines a second; see {@code FetchPace}.
 *   <li>The native producer adds {@code metadata.max.idle.ms} to the time of day: with {@code
 *       Long.MAX_VALUE} the sum is negative, and each topic that it learns makes it forget all
 *       others; the next send to one of those waits for the broker.
 *   <li>{@code min.insync.replicas} above the number of replicas refuses nothing: the broker takes
 *       the smaller of the two.
 *   <li>A native producer that is closed by an interrupted thread gives up what it has not sent.
 *   <li>A share group's lag counts the markers of transactions: one committed, one aborted and one
 *       committed record, each in a transaction of its own, make a lag of 6. So a queue into which
 *       delayed messages are moved is marked before, and counted by what is in it.
 *   <li>What is due is moved in 15–60 ms; 1,500 messages due within 2.5 s on a machine with a load
 *       of 10 were at most 0.8 s late, in order. The network of a mover was cut: another went on 10
 *       s later, with each message once; one of the same JVM removes the one before, see {@code
 *       MoverGroup}, and goes on within a second or two. A handover at a close takes a heartbeat, 1
 *       s.
 *   <li>What a member of a share group gives back when it closes comes first to the next member, in
 *       order, and then what was never lent. What one holds whose connection is reset is given to
 *       others within 0.2 s, marked, though it is a member of the group for 45 s more. A broker
 *       that has not heard of the end of a connection keeps it locked for {@code
 *       share.record.lock.duration.ms}, 30 s by default and 15 s at least. So whoever has its turn
 *       leaves a note in the turns' group, as the metadata of an offset, and takes it away when it
 *       has given back everything; where the note is left, the next compares what it fetches with
 *       what the group is not done with, and waits for the locks where something is missing, see
 *       {@code OldLocks}.
 *   <li>A broker that is killed has forgotten what it lent, and lends it again with a delivery
 *       count of 1. Back within the link's time-out (a restart took 2–4 s) it is the same cluster
 *       to the native clients, which connect again by themselves: all that a member hears is that
 *       its next acknowledgements were not taken. So a consumer remembers what it was lent until
 *       the broker has confirmed that it is settled, see {@code Loans}.
 *   <li>A member of a consumer group that could not say good-bye is a member until its session has
 *       ended, and whatever changes in the group waits for it. The admin client removes members by
 *       {@code group.instance.id} alone. So those that take turns have one each, and movers:
 *       whoever joins removes those of its own JVM whose client has ended, and is given the turn
 *       1–2 s after that. The broker takes letters, digits, {@code .}, {@code _} and {@code -} in
 *       it. A member with one leaves at its close only when it is told to ({@code LEAVE_GROUP}).
 *   <li>A close waits for the answer to the fetch that is under way: with the native {@code
 *       fetch.max.wait.ms} of 500 it took 0.3 s on average, and most of the kit's time was that. A
 *       member that closes while its group changes waits until all others have heard of it, 0.7 s
 *       with a heartbeat a second; so no more join the movers than are needed.
 *   <li>The native admin client took 100 ms to find out that there is no such consumer group, which
 *       whoever opens a consumer of a queue asks: it asks in two ways, with {@code
 *       retry.backoff.ms} in between. To ask for a classic group at once logs an error where there
 *       is none.
 *   <li>A member that joins ends the generation of the group; a commit of the one before fails
 *       ({@code CommitFailedException}), and is done again after the next poll.
 *   <li>A transaction in which a broker refuses a record can be aborted; but where the topic's
 *       {@code max.message.bytes} is too small for a marker (78 bytes), the abort never ends, and
 *       no transaction of that producer either.
 *   <li>{@code listShareGroupOffsets} tells no place ({@code null}) in a partition of a group that
 *       its first member has made, until something is settled, and leaves out a partition without a
 *       leader. A group that was removed and made again by members is the same to look at, so
 *       {@code BegunGroup} asks for up to 2 s. A partition that is added to a topic gets a place by
 *       itself, a moment after the group has heard of it.
 *   <li>{@code deleteRecords} does not move a group: its lag goes on counting what is gone.
 *   <li>{@code deleteShareGroups} fails when the topic has just been deleted: groups go first.
 *   <li>One share group over all topics of a pattern does not do: a new topic came two heartbeats
 *       late (5 s each by default), for a group that has members cannot be set up for it before;
 *       and its members are given some of the topics each, so that one message that was held held
 *       up other topics. So there is a group for each.
 *   <li>A classic consumer is seen as a member by others some 20 ms after its first {@code poll};
 *       it need not wait for the first rebalance ({@code group.initial.rebalance.delay.ms}, 3 s by
 *       default). One that subscribes to an expression that no topic matches is a member all the
 *       same.
 *   <li>A request and its reply over a temporary queue took 10 ms; the first one 0.6 s, because
 *       topic, group and lease have to be made.
 *   <li>A broker counts the places from a group's start to its last fetched record against {@code
 *       share.partition.max.record.locks} (2000; set to the broker's maximum, 4000): one message
 *       held for long holds up all that is so far behind it.
 *   <li>A broker that is asked for a topic that was just made may not know it yet; the controller
 *       does, and says so to whoever asks it to make that topic ({@code validateOnly}), but only to
 *       those who may.
 *   <li>Whoever answers a question in a callback of the admin client stops all other answers
 *       meanwhile, and a native producer's {@code send} may block there for {@code max.block.ms}.
 *   <li>The producer's look-up of a topic makes it, where the broker has {@code
 *       auto.create.topics.enable}; so existence is asked of the admin client first. A refresh,
 *       every 5 minutes and after errors, asks for all topics that the producer knows, and only
 *       then forgets those whose {@code metadata.max.idle.ms} is over; the answer about a new topic
 *       makes it forget them without a question. So it knows topics for a short time only, and
 *       those of open producers are renewed.
 *   <li>The native client took a web server's answer for the length of one and made a buffer of 1.2
 *       GB, again and again; so the adapter asks for {@code ApiVersions} itself first.
 *   <li>A broker does not tell its release. It tells the highest {@code metadata.version} that it
 *       knows, and that names the release.
 * </ul>
 */
@NullMarked
package io.anymq.kafka;

import org.jspecify.annotations.NullMarked;
