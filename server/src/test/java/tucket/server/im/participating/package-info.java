/// Tests of `tucket.server.im.participating`.
@NullMarked
package tucket.server.im.participating;

import org.jspecify.annotations.NullMarked;
