/// Tests of event packages.
@NullMarked
package tucket.server.event;

import org.jspecify.annotations.NullMarked;
