"""The nouns: frozen values every other module speaks in; each file is imported only where it is needed."""
