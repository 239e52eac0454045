"""A randomised machine: histories of files, hands, reviews, faults and kills, and a judge at Meta's door."""
