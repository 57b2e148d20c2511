"""What watches the process: it counts what happens, and finds out how things stand."""
