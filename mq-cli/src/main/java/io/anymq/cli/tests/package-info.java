/**
 * {@code mq test}: runs Maven, keeps what it prints in a file, and shows a person how the tests go.
 */
@NullMarked
package io.anymq.cli.tests;

import org.jspecify.annotations.NullMarked;
