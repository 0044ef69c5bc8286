/// What functions need of users' XDM documents: their rules ready to be asked, their lists resolved, names found. Everything is read over IM-4 and kept only
/// as long as no document it was made of has changed.
@NullMarked
package tucket.server.documents;

import org.jspecify.annotations.NullMarked;
