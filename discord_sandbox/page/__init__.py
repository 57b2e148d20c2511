"""The sandbox in a browser; docs/page-protocol.md describes the WebSocket protocol."""
