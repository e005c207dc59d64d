"""The picture of what a project takes on the disk: which kernel has what, how big it is, and what is shared."""
