"""Values to text: every function here is pure and returns what the command line prints."""
