/// What all functions of the server share: the envelope of a message, the database schema on one page, every limit in one file, and the trace
/// of a message's life.
@NullMarked
package tucket.server;

import org.jspecify.annotations.NullMarked;
