"""What translators get and give back: the texts of a template beside those of another language. Pure."""
