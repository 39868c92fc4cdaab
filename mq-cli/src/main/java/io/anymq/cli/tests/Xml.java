package io.anymq.cli.tests;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Reads small XML files: poms, and the reports of tests. Surefire writes what tests print and how
 * they are named as it is, and so characters that XML does not allow; they are read as U+FFFD.
 */
final class Xml {

  private static final Pattern NOT_ALLOWED =
      Pattern.compile("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

  private static final Pattern REFERENCE = Pattern.compile("&#(x?)([0-9a-fA-F]+);");

  private static final String REPLACEMENT = "\uFFFD";

  private Xml() {}

  static Element read(Path file) throws IOException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      // Without a handler the parser prints its errors.
      builder.setErrorHandler(new DefaultHandler());
      return builder.parse(new InputSource(new StringReader(text(file)))).getDocumentElement();
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    String allowed = NOT_ALLOWED.matcher(text).replaceAll(REPLACEMENT);
    return REFERENCE.matcher(allowed).replaceAll(Xml::allowedReference);
  }

  private static String allowedReference(MatchResult reference) {
    try {
      int radix = reference.group(1).isEmpty() ? 10 : 16;
      String character = Character.toString(Integer.parseInt(reference.group(2), radix));
      return NOT_ALLOWED.matcher(character).matches() ? REPLACEMENT : reference.group();
    } catch (IllegalArgumentException e) {
      return REPLACEMENT; // Not the number of a character.
    }
  }
}
