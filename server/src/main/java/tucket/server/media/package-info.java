/// MSRP sessions of the server: reference points IM-7 and IM-8 on sockets.
@NullMarked
package tucket.server.media;

import org.jspecify.annotations.NullMarked;
