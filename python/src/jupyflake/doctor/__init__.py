"""What `jupyflake doctor` looks at: the machine, what it reaches, and the project."""
