/// The Controlling IM Function: one message to several.
@NullMarked
package tucket.server.im.controlling;

import org.jspecify.annotations.NullMarked;
