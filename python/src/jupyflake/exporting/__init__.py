"""What jupyter.lock says, as other tools' files: a module for each, and none looks at a clock or a host."""
