/// Tests of `tucket.server.im.policy`.
@NullMarked
package tucket.server.im.policy;

import org.jspecify.annotations.NullMarked;
