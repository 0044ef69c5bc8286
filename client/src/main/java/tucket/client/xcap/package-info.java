/// The XDM half of the client: documents over XCAP, and on top of them contact lists, the block list and the user's profile.
@NullMarked
package tucket.client.xcap;

import org.jspecify.annotations.NullMarked;
