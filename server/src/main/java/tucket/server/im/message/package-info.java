/// Messages and notifications between SIP and the functions: reading, storing, writing, and those that the server itself sends.
@NullMarked
package tucket.server.im.message;

import org.jspecify.annotations.NullMarked;
