/// XML documents that messaging exchanges (registration information, resource lists, deferred lists), and the safe XML reader under them.
@NullMarked
package tucket.protocol.document;

import org.jspecify.annotations.NullMarked;
