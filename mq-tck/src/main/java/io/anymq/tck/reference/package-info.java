/**
 * The reference adapter: a broker inside this JVM, simple and correct, on which the kit itself is
 * tested. URL: {@code memory:name}; brokers with one name are one broker.
 *
 * <table>
 * <caption>Portable term, native term</caption>
 * <tr><th>portable</th><th>native</th><th>guarantee, known gap</th></tr>
 * <tr><td>queue</td><td>{@code MemoryQueue}</td><td>first in, first out; a released message goes back
 *     to its place</td></tr>
 * <tr><td>topic</td><td>a set of subscriptions, each with a {@code MemoryQueue}</td><td>live when
 *     subscribe returns</td></tr>
 * <tr><td>message</td><td>{@link io.anymq.tck.reference.MemoryRecord}: headers and a body</td><td>header
 *     values of foreign types are undecodable</td></tr>
 * <tr><td>persistent</td><td>kept over {@link io.anymq.tck.reference.MemoryBroker#stop}</td><td>ends
 *     with the JVM</td></tr>
 * <tr><td>depth</td><td>ready messages; in-flight told apart</td><td>exact</td></tr>
 * <tr><td>{@code unwrap}</td><td>{@link io.anymq.tck.reference.MemoryBroker}</td><td></td></tr>
 * </table>
 *
 * <p>Options choose which paths of the core are taken: who dispatches ({@code dispatch}), whether a
 * single release is native ({@code native-release}), whether commits are atomic ({@code
 * atomic-commit}), and which capabilities are not declared ({@code withhold}).
 */
@NullMarked
package io.anymq.tck.reference;

import org.jspecify.annotations.NullMarked;
