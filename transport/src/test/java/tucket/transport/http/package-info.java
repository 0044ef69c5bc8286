/// Tests of the HTTP server, with the JDK's client and bare sockets.
@NullMarked
package tucket.transport.http;

import org.jspecify.annotations.NullMarked;
