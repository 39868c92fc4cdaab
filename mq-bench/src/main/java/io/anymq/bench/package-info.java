/**
 * Side-by-side measurement of AnyMQ and the native clients: {@link io.anymq.bench.BenchCommand} on
 * the command line, {@link io.anymq.bench.BenchRunner} in a program.
 *
 * <p>On each backend two {@linkplain io.anymq.bench.Contender contenders} take turns on one broker:
 * the native client as its best users drive it, and AnyMQ through its public API. Both give the
 * same guarantees: persistent messages, each send confirmed by the broker, each delivery accepted
 * explicitly, with the same window of unconfirmed sends and the same prefetch. Each message bears a
 * number; a run fails when one is lost or comes twice.
 *
 * <table>
 * <caption>How the native client is driven</caption>
 * <tr><th>backend</th><th>sending</th><th>receiving</th></tr>
 * <tr><td>RabbitMQ</td><td>quorum queue, one channel, mandatory, pipelined confirms</td>
 * <td>push with QoS, one acknowledgement for many</td></tr>
 * <tr><td>ActiveMQ</td><td>{@code send} with a callback, so that persistent sends are
 * pipelined</td><td>listener, client acknowledgement for many at once</td></tr>
 * <tr><td>Kafka</td><td>idempotent producer, {@code acks=all}, batches of 64 KiB</td>
 * <td>share consumer, explicit acknowledgement, committed by the next poll</td></tr>
 * <tr><td>ZeroMQ</td><td>PUSH to PULL over tcp, with cumulative confirmations on a second pair</td>
 * <td>the other end of the same pipe</td></tr>
 * </table>
 *
 * <p>ZeroMQ by itself has no broker and keeps nothing: the ratio there compares one hop with two
 * and is for orientation only; what counts is the hub's own figure.
 */
@NullMarked
package io.anymq.bench;

import org.jspecify.annotations.NullMarked;
