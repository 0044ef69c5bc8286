/// Tests of the XDM half of the client.
@NullMarked
package tucket.client.xcap;

import org.jspecify.annotations.NullMarked;
