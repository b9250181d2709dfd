//! The stream clock: turns instants into frames by the capture stamps of the device.
