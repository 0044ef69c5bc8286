/// Instant message disposition notifications (RFC 5438): delivered, displayed, processed, stored, failed.
@NullMarked
package tucket.protocol.imdn;

import org.jspecify.annotations.NullMarked;
