/// XCAP (RFC 4825) without any transport: what a URI selects, how elements and attributes are read, written and removed in the text of a
/// document, the conflict reports, and the xcap-diff documents of RFC 5874.
@NullMarked
package tucket.protocol.xcap;

import org.jspecify.annotations.NullMarked;
