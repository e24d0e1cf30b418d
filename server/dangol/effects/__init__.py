"""What campaigns bring about: the arms of each compared, with what may be said of it. Pure but for `commands`."""
