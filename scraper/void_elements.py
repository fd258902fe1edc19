"""Elements of HTML that have no end tag, by the standard (13.1.2 Void elements)."""

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
OBSOLETE_VOID = frozenset("basefont bgsound frame keygen".split())  # which the parser knows too
