"""What wasync remembers between runs. Advisory: live is the truth, this tells who moved."""
