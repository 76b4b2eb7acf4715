"""A device's documents without its identities, for an operator to send in.

Two walks over all documents of one device: the first learns every identity, by the member's name (serial-number,
hostname, alias …) or by its shape (addresses, URLs, host names with a domain), the second puts substitutes in their
places and wherever else they occur, in other texts, object-ids and members' names too. The same identity has the
same substitute everywhere. Structure, types, formats and lengths stay, and so does what only says that there is
nothing (N/A, never, zero, loopback, netmasks): that matters for reading a document.

Substitutes come from a keyed hash. Who does not have the key cannot find an original by trying, and with a key per
capture two captures cannot be set side by side.
"""

from agent.model.anonymise.anonymised import Anonymised, anonymise
from agent.model.anonymise.substitutes import REDACTED

__all__ = ["REDACTED", "Anonymised", "anonymise"]
