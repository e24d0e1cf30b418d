"""The written form of segments, read and checked."""
