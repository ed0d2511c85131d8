"""What stands between two persons in one name, and what says that the name is a firm's.

RELATION_WORD is what says that a relative's name follows: within a relative's own name it begins another person.
Read by two regex engines, that of the cleaners and that of the checks: no look-around. Source: general knowledge.
"""

JOINT_NAME = r"(?i)\S\s*[,;&]\s*\S|\s(?:and|व|एवं|तथा|और|आणि|ও|এবং|আৰু|மற்றும்|మరియు|ಮತ್ತು|અને|તથા|ਅਤੇ|ਤੇ|ଓ|ଏବଂ|اور)\s+\S"
NAME_OF_FIRM = r"(?i)\b(?:m\s*/\s*s|sons?|bros?|brothers|co|company|ltd|pvt|mills?|stores?|bank)\b|मेसर्स|फर्म|বিপণি"
_SLASH = r"\s*[/.]\s*"
# Words that are names as well (भाई, পিং, स्वामी, पति) are left out.
RELATION_WORD = (
    rf"(?i)(?:^|[\s,;(])(?:[sdwchbm]{_SLASH}o|(?:son|daughter|wife|husband|brother)\s+of|पुत्र|पुत्री|वल्द|आत्मज|आत्मजा|पिता|पत्नी|পিতা"
    rf"|த{_SLASH}பெ|க{_SLASH}பெ|தந்தை|తండ్రి|భర్త|ತಂದೆ|ಬಿನ್|ಕೋಂ|ਪੁੱਤਰ|ਪੁੱਤਰੀ|ਪਤਨੀ|ପିତା|ولد|دختر|زوجہ)(?:[\s,;.:\-]|$)"
)
