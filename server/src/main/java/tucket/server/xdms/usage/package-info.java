/// The application usages (RFC 4825 section 5): a class each says what a document of it must be and who may see it.
@NullMarked
package tucket.server.xdms.usage;

import org.jspecify.annotations.NullMarked;
