/// The IM Server without sockets: a clock that stands still, a Core that is a map of phones, and real stores.
@NullMarked
package tucket.server.im;

import org.jspecify.annotations.NullMarked;
