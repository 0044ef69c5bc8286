/// What the operator sets for the IM Server, and the addresses of its services.
@NullMarked
package tucket.server.im.settings;

import org.jspecify.annotations.NullMarked;
