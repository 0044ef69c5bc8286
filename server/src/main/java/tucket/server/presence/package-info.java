/// The embedded presence server: it takes what clients publish, tells those who may watch, and tells a user who watches him.
@NullMarked
package tucket.server.presence;

import org.jspecify.annotations.NullMarked;
