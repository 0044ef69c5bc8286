/// The Deferred Messaging IM Function: keeping, pushing, retrieving and expiring what could not be delivered (section 5.3.2.4.3).
@NullMarked
package tucket.server.im.deferred;

import org.jspecify.annotations.NullMarked;
