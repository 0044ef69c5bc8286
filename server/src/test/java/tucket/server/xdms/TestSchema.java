// The schemas of what an XCAP server says itself, for tests.
package tucket.server.xdms;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URL;
import java.util.Objects;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.xml.sax.SAXException;

/// Schemas of RFC 4825 that the server itself has no need of.
enum TestSchema {
  /// Section 11.2.
  ERROR("xcap-error.xsd"),
  /// Section 12.2.
  CAPABILITIES("xcap-caps.xsd");

  private final Schema schema;

  TestSchema(String file) {
    URL source = Objects.requireNonNull(TestSchema.class.getResource(file), file);
    try {
      SchemaFactory factory = SchemaFactory.newDefaultInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      this.schema = factory.newSchema(source);
    } catch (SAXException e) {
      throw new IllegalStateException("the schema " + file + " is broken", e);
    }
  }

  /// Throws [SAXException] for a document that does not fit.
  void validate(byte[] document) throws SAXException, IOException {
    schema.newValidator().validate(new StreamSource(new ByteArrayInputStream(document)));
  }
}
