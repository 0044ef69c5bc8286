/// What the tests of several packages share.
@NullMarked
package tucket.protocol.testing;

import org.jspecify.annotations.NullMarked;
