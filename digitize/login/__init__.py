"""How people come in to whatever is served: accounts, passwords, sessions, what slows down guessing, the guard."""
