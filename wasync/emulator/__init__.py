"""The Graph API as Meta documents it, in one WSGI app: an island that imports nothing else of wasync.

`wasync.emulator.app.Emulator` is the way in; `wasync.emulator.world` names the account and token it starts
with. What it decides where Meta's documents are silent stands in docs/emulator.md.
"""
