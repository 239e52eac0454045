"""Infrastructure as code for WhatsApp message templates."""

__version__ = "0.1.0"
