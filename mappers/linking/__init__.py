"""What ties records together: cases of one FIR, and the numbers by which police, court and road office know things."""
