/// The IM Server: which function serves a request, by its leg and its method (OMA AD SIMPLE IM section 5.3.2).
@NullMarked
package tucket.server.im;

import org.jspecify.annotations.NullMarked;
