//! The card of an export: what, who, licence, counts, thresholds, tool version, command.
