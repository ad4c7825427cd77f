"""What goes wrong between the two systems: every cause of a difference, done to the practice company on purpose."""
