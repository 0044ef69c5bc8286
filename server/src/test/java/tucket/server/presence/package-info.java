/// Tests of the presence server.
@NullMarked
package tucket.server.presence;

import org.jspecify.annotations.NullMarked;
