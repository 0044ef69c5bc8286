/// MIME as messaging needs it: media types, parameters, header blocks, multipart bodies, content encodings (RFC 2045, 2046, 2183).
@NullMarked
package tucket.protocol.mime;

import org.jspecify.annotations.NullMarked;
