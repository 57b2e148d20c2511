"""The sandbox in a browser: docs/page-protocol.md says what is spoken there."""
