"""What stands between two persons in one name, and what says that the name is a firm's.

Read by two regex engines, that of the cleaners and that of the checks: no look-around. Source: general knowledge.
"""

JOINT_NAME = r"(?i)\S\s*[,;&]\s*\S|\s(?:and|व|एवं|तथा|और|आणि|ও|এবং|আৰু|மற்றும்|మరియు|ಮತ್ತು|અને|તથા|ਅਤੇ|ਤੇ|ଓ|ଏବଂ|اور)\s+\S"
NAME_OF_FIRM = r"(?i)\b(?:m\s*/\s*s|sons?|bros?|brothers|co|company|ltd|pvt|mills?|stores?|bank)\b|मेसर्स|फर्म|বিপণি"
