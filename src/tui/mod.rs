//! The terminal face: reads and stamps keys, maps them to commands, draws the view.
