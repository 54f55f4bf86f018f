"""edXML: the envelopes of the national text axis (QCVN 102:2016/BTTTT), read and written.

    faults      what can be wrong with an envelope: which fault, where, whose
    limits      how large, how deep, how many
    parsing     bytes -> a tree, or a fault: no DTD, no entity, no network, no half document
    binding     which element a field of the model is
    model       the envelope as frozen values
    reading     a tree -> the model, checked by our schema
    writing     the model -> canonical bytes, checked by our schema
    policy      which signatures are taken from whom, as data
    signatures  signing and verifying under that policy

    document_ids, letters, papers   what is owed to a partner -> a letter, with its documents
    status_letters                  where a dossier stands -> a status about the partner's letter
    caller, turns, answers          posting them, and what the node's answer comes to
    speaker, hearing, files         what a partner posted -> messages, remarks and documents

The standard's own schema was not at hand: shapes come from its description and from envelopes
and software in public sources; docs/edxml.md says how sure each part is.
"""
