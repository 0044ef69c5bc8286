/// Tests of `tucket.server.im.deferred`.
@NullMarked
package tucket.server.im.deferred;

import org.jspecify.annotations.NullMarked;
