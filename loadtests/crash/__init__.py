"""Killing workers and the store at random while push requests go out: nothing is lost, nothing is sent twice."""
