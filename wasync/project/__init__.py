"""What lies in the project's folder: wasync.yaml, template files, media."""
