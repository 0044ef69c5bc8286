/// Tests of `tucket.server.im.message`.
@NullMarked
package tucket.server.im.message;

import org.jspecify.annotations.NullMarked;
