/// The Participating IM Function: the service point of a user, on both legs.
@NullMarked
package tucket.server.im.participating;

import org.jspecify.annotations.NullMarked;
