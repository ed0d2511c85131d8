"""What loaded records answer for the police, the courts and the public: one service a file under kinds/."""
