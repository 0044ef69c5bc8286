/// The rules that a message meets, each a pure function, in one ordered list.
@NullMarked
package tucket.server.im.policy;

import org.jspecify.annotations.NullMarked;
