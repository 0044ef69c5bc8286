/// Tests of the XDMSs.
@NullMarked
package tucket.server.xdms;

import org.jspecify.annotations.NullMarked;
