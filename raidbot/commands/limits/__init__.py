"""How fast members may use commands, buttons, menus and forms."""
