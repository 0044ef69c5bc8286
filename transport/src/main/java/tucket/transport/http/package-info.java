/// HTTP as the admin API, the metrics and XCAP see it: a request in, a response out, on a virtual thread. What serves it underneath stays
/// hidden.
@NullMarked
package tucket.transport.http;

import org.jspecify.annotations.NullMarked;
