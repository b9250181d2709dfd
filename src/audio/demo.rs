//! The demo speaker: a synthesised voice in a synthesised room.
