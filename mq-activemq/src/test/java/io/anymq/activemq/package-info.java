/** Tests of the adapter for ActiveMQ. */
@NullMarked
package io.anymq.activemq;

import org.jspecify.annotations.NullMarked;
