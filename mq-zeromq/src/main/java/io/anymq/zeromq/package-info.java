/**
 * The adapter for ZeroMQ, on JeroMQ, and the hub that it talks to. What goes over the wire is in
 * {@code docs/zeromq-hub-protocol.md}.
 *
 * <p>URLs: {@code zeromq:inproc://name} (a hub inside this JVM), {@code zeromq:tcp://host:port},
 * {@code zeromq:ipc://path}. A hub is {@link io.anymq.zeromq.HubMain} as a process, or {@link
 * io.anymq.zeromq.ZeroMqHub} inside a program. Option: {@code heartbeat}.
 *
 * <table>
 * <caption>What a portable term is here</caption>
 * <tr><th>portable</th><th>native</th><th>guarantee</th><th>known gap</th></tr>
 * <tr><td>connection</td><td>one DEALER socket, its I/O thread and its ZeroMQ context; one session
 * of the hub</td><td>a lost TCP connection or a closed hub is noticed at once, a silent peer after
 * five heartbeats (10 s)</td><td>three threads for each connection over TCP</td></tr>
 * <tr><td>queue</td><td>queue of the hub, by its portable name</td><td>first in, first out;
 * competing consumers take turns; released messages return to their old place</td><td></td></tr>
 * <tr><td>persistence</td><td>a hub with a data directory says so in WELCOME</td><td>what it confirms
 * is on the disk: destinations, durable subscriptions, persistent messages, their order, counts and
 * due times; over a crash of its process, or of the machine</td><td>a hub without, as inside this
 * JVM, does not declare it; all messages are in memory too, so it bounds them; after a crash of the
 * machine the acceptances of the last half second can be missing</td></tr>
 * <tr><td>topic</td><td>topic of the hub; a message is copied into each subscription as it is
 * sent</td><td>a subscription is live when {@code subscribe} returns</td><td>a plain subscription
 * that loses its connection loses what it had not received</td></tr>
 * <tr><td>durable subscription</td><td>subscription of the topic, by name</td><td>keeps what is sent
 * while nobody is there; one consumer at a time</td><td>as queue</td></tr>
 * <tr><td>shared subscription</td><td>subscription by name, with several consumers that take
 * turns</td><td>ends with its last consumer, or stays when durable; consumers on other terms are
 * refused</td><td>one name on a topic is one subscription: a shared one that is not durable cannot
 * stand beside a durable one of its name</td></tr>
 * <tr><td>topic pattern</td><td>subscription of the pattern; each delivery names its
 * topic</td><td>topics made later too</td><td>matches the hub's names: a topic with a native name by
 * configuration is matched by that</td></tr>
 * <tr><td>replay</td><td>the last messages of each topic, in the hub's memory</td><td>from a moment, or
 * behind a position, and on without a seam; on by default; never in the way of a send</td><td>what
 * was forgotten is gone: the oldest go first, by number (10,000 of a topic) and by memory; all of it
 * when the hub ends</td></tr>
 * <tr><td>temporary queue</td><td>queue with an owner</td><td>deleted when the owner's session ends:
 * at once when its process is killed, after five heartbeats when it falls silent</td><td></td></tr>
 * <tr><td>send confirmed</td><td>CONFIRM</td><td>stored in the hub's memory, and on its disk where it has one, in all subscriptions
 * there are</td><td></td></tr>
 * <tr><td>queue full</td><td>REFUSED, QUEUE_FULL</td><td>the hub refuses before its memory runs out;
 * its limit is half of its heap by default; so does a queue with a maximum length, where those in
 * flight count</td><td>a commit to a full queue is refused though it accepts from it too</td></tr>
 * <tr><td>memory of the hub</td><td>messages: half of the heap; frames that come in: an eighth, then
 * it stops reading; to each peer two frames ahead</td><td>twelve connections with messages of 0.9 MB
 * are served at {@code -Xmx128m}</td><td>some 130 KiB for each connection are not counted: hundreds
 * of them need more than that heap</td></tr>
 * <tr><td>interrupt</td><td>a request that has not left is withdrawn</td><td>nothing is asked on a
 * thread that is interrupted; a commit that may have happened is in doubt; closing goes on in
 * order</td><td></td></tr>
 * <tr><td>wrong peer</td><td>a connection that ends, or stays silent, before WELCOME</td><td>said so:
 * "answers, but is not an AnyMQ hub"</td><td>a hub that is just ending looks the same</td></tr>
 * <tr><td>prioritized queue</td><td>DECLARE_QUEUE</td><td>higher first, in order within one
 * priority</td><td>what is prefetched already is not overtaken</td></tr>
 * <tr><td>delivery delay</td><td>the encoded message's field, an agenda in the hub</td><td>never
 * early; the hub wakes for it, rounded up to a millisecond; a topic's message goes to who is
 * subscribed when it is due; in commits too</td><td>counted from when the hub has it; what waits goes
 * with a deleted destination, and is in no depth</td></tr>
 * <tr><td>time to live</td><td>the encoded message's expiry, an agenda in the hub</td><td>what is
 * ready leaves the queue and the depth when it expires</td><td>by the hub's clock; what is held goes
 * when it comes back</td></tr>
 * <tr><td>release with a delay</td><td>RELEASE_LATER</td><td>takes no place of the prefetch, and
 * outlives its consumer</td><td>neither ready nor in flight meanwhile</td></tr>
 * <tr><td>order of keys</td><td>mark of OPEN_CONSUMER</td><td>one unsettled message of a key at a
 * time, in order, for all consumers of the queue as long as one of them asks for it</td><td>each
 * message of a key costs a way to the consumer and back</td></tr>
 * <tr><td>selector on a queue</td><td>term of OPEN_CONSUMER</td><td>the hub passes over what is not
 * selected, in slices of some milliseconds that all its queues share, with other work between; it
 * looks at each message once for each consumer</td><td>selectors of
 * more than 16 KiB are refused</td></tr>
 * <tr><td>selector on a subscription</td><td>the same</td><td>what is not selected is dropped as it is
 * sent, and takes neither memory nor a way to the client</td><td></td></tr>
 * <tr><td>accept, release</td><td>SETTLE</td><td>natively</td><td></td></tr>
 * <tr><td>delivery count</td><td>the hub's count of hand-outs, which clients tell
 * (HANDED_OUT)</td><td>what was only prefetched does not count, at a close, a crash or a
 * reconnect</td><td>the first hand-out that a crash of its client ended is counted in
 * {@code deliveryCount} alone, and not towards the limit; from then on the client waits for the
 * hub's word before the application gets that message</td></tr>
 * <tr><td>parking</td><td>PARK</td><td>what waits for a dead-letter queue takes no place of the
 * prefetch</td><td></td></tr>
 * <tr><td>dead letter</td><td>SEND, 16 KiB longer than other messages may be</td><td>whatever the
 * hub has taken can become one</td><td></td></tr>
 * <tr><td>depth</td><td>DEPTH</td><td>exact; ready and in flight, with the number in
 * flight</td><td></td></tr>
 * <tr><td>commit</td><td>STAGE and COMMIT</td><td>one step in the hub: all or nothing</td><td></td>
 * </tr>
 * <tr><td>browse</td><td>BROWSE, page by page</td><td>what is ready, in order, up to what was there
 * at the beginning; changes nothing</td><td>each page walks over what came back, and over all of a
 * prioritized queue</td></tr>
 * <tr><td>purge</td><td>PURGE</td><td>all that no consumer holds</td><td></td></tr>
 * <tr><td>message fields, properties</td><td>encoded message</td><td>every bit</td><td>a text with half
 * of a surrogate pair is refused: UTF-8 cannot hold it</td></tr>
 * <tr><td>credentials</td><td>none</td><td>refused, not ignored</td><td>the hub knows no users: it
 * binds beyond this machine only with {@code open}</td></tr>
 * <tr><td>unwrap</td><td>nothing</td><td></td><td>the socket belongs to its I/O thread</td></tr>
 * </table>
 *
 * <p><b>The life of a hub inside this JVM.</b> The first connection to a name starts it; with the
 * last connection its threads and sockets end. What it keeps stays in memory for the next
 * connection of this JVM, because a message that was confirmed must not vanish when a program
 * closes one connection and opens another. Tests that want an empty hub use a name of their own, or
 * a {@link io.anymq.zeromq.ZeroMqHub}, which takes what it keeps with it.
 *
 * <p><b>Seen with the hub in the same JVM</b>, on a busy machine with two cores. 300 delayed
 * messages of 1 to 20 ms came 0.25 to 7.5 ms late, half of them 1.1 ms or less, nine in ten 2.4 ms
 * or less; none was early. A key-ordered consumer with automatic acknowledgement received 580
 * messages of one key a second, because acceptances are gathered for a millisecond, and 63,000 of a
 * hundred keys.
 *
 * <p>A consumer that selects one message in 200 got its 1,000 from behind 199,000 others in 0.5 to
 * 0.8 s, and with those behind it each further one in less than 1.5 ms from send to receipt.
 *
 * <p>To remember a message of 1 KiB costs the hub 85 ns, where one to a topic without subscribers
 * takes it 140 ns without, and client and hub together 2,500 ns.
 *
 * <p><b>Seen with a data directory</b>, over TCP inside one JVM, on two cores with a load of
 * fifteen, ext4: 34,000 to 49,000 confirmed persistent messages of 1 KiB a second from one producer
 * (medians of six; 56,000 at best), where the hub in memory took 94,000; both gave out 64,000 and
 * more. On a file system that became full, sends were refused at 64 MB of free space and taken
 * again after consuming; filled to the last byte by another program, the hub ended its sessions
 * with the reason and exited with status 1, and had, when started again, exactly what it had
 * confirmed.
 *
 * <p><b>Seen with JeroMQ 0.6.0.</b>
 *
 * <ul>
 *   <li>1 to 12 in 100 new TCP connections stay deaf, most on a busy machine: its poller loses a
 *       registration (its pull request 1022). A connection without an answer is made again, after
 *       200 ms the first time.
 *   <li>A frame length with its highest bit set passes the check of the maximum, and would be
 *       allocated by the I/O thread; the allocator here makes an empty frame of it.
 *   <li>{@code ipc} is TCP on the loopback interface, on a port that is a hash of the path:
 *       libzmq's {@code ipc} does not meet it, and two paths can collide.
 *   <li>The send buffer cannot be set before {@code bind} (the listening channel has no such
 *       option); its size is the batch of a system call too, 8 KiB by default.
 *   <li>ROUTER says who cannot be reached only when it is mandatory, and tells of a peer's end by
 *       {@code ZMQ_DISCONNECT_MSG}: unsettled messages are back at once when a client is killed.
 *   <li>By its source, the reconnect interval −1 would retry a refused connection without a pause;
 *       it is ten minutes, and the link is given up at the first event.
 *   <li>An interrupt disturbs its signaller; the I/O threads are ended by a command, never
 *       interrupted, and sockets and contexts are made and closed by threads of the adapter's own.
 *   <li>An error in its I/O thread, such as no memory, ends that thread without a word, and closing
 *       the context then waits for ever. The threads are wrapped here: a hub's process ends with
 *       the reason, and a client's link is lost.
 *   <li>An allocator may hold its I/O thread up, and so have TCP hold all peers back; frames that
 *       are complete by then are with the socket already. It cannot do so for one peer.
 *   <li>A high-water mark counts frames, of whatever length; 64 unread ones of 0.9 MB from twelve
 *       peers are 690 MB.
 * </ul>
 */
@NullMarked
package io.anymq.zeromq;

import org.jspecify.annotations.NullMarked;
